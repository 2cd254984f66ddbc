using System.Globalization;
using System.Text;

namespace BluePlan.State.Storage;

/// <summary>An entry of a log.</summary>
/// <param name="Sequence">Its place, from 1.</param>
/// <param name="Value">The bytes.</param>
/// <param name="Id">The host's own name for it; null = none.</param>
public readonly record struct LogEntry(long Sequence, ReadOnlyMemory<byte> Value, string? Id = null)
{
    // Whatever prints it, a log above all, is shown no names and no content.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Sequence = {Sequence}, Value = {Value.Length} bytes, HasId = {Id is not null}");
        return true;
    }
}
