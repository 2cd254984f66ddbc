using System.Globalization;
using System.Text;

namespace BluePlan.State;

/// <summary>A version of a config, without its value.</summary>
/// <param name="Name">The config's name.</param>
/// <param name="Version">The version, from 1; it rises for ever, also after the config was deleted and made again.</param>
/// <param name="SavedAt">When it was made, in UTC and whole milliseconds, by the store's clock.</param>
/// <param name="IsDeletion">Whether this version is a deletion: it has no value.</param>
public sealed record ConfigVersion(string Name, long Version, DateTimeOffset SavedAt, bool IsDeletion = false)
{
    // Whatever prints it, a log above all, is shown no names and no content.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Version = {Version}, SavedAt = {SavedAt:O}, IsDeletion = {IsDeletion}");
        return true;
    }
}
