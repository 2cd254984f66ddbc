using System.Globalization;
using System.Text;

namespace BluePlan.State.Storage;

/// <summary>An entry of a log by both of its names: the sequence alone may name another entry after a failover or an import.</summary>
/// <param name="Sequence">The entry's sequence, at least 1.</param>
/// <param name="Id">The entry's id: 1 to 4,096 bytes in UTF-8.</param>
public readonly record struct LogEntryId(long Sequence, string Id)
{
    // Whatever prints it, a log above all, is shown no names and no content.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Sequence = {Sequence}");
        return true;
    }
}
