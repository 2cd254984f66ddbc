using System.Globalization;
using System.Text;

namespace BluePlan.State;

/// <summary>An object in a backup target.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">How many bytes it has.</param>
public readonly record struct BackupObject(string Name, long Bytes)
{
    // Whatever prints it, a log above all, is shown no names and no content.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Bytes = {Bytes}");
        return true;
    }
}
