using System.Globalization;
using System.Text;

namespace BluePlan.State;

/// <summary>A named backup of all configs as of one moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">When it was made, in UTC and whole milliseconds, by the store's clock.</param>
/// <param name="Configs">How many configs it holds; none is fine.</param>
public sealed record ConfigBackup(string Name, DateTimeOffset CreatedAt, int Configs)
{
    // Whatever prints it, a log above all, is shown no names and no content.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"CreatedAt = {CreatedAt:O}, Configs = {Configs}");
        return true;
    }
}
