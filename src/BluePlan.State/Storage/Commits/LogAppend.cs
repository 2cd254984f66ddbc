using System.Globalization;
using System.Text;

namespace BluePlan.State.Storage;

/// <summary>An entry to append to a log.</summary>
/// <param name="Value">The bytes, perhaps none.</param>
/// <param name="Id">The host's own name for the entry, unique among the log's entries: 1 to 4,096 bytes in UTF-8. Null = none.</param>
/// <param name="Sequence">Null = the next one. Else a positive number above every sequence the log ever gave, for copies that keep theirs.</param>
public readonly record struct LogAppend(ReadOnlyMemory<byte> Value, string? Id = null, long? Sequence = null)
{
    // Whatever prints it, a log above all, is shown no names and no content.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Value = {Value.Length} bytes, HasId = {Id is not null}, Sequence = {Sequence}");
        return true;
    }
}
