using System.Globalization;
using System.Text;

namespace BluePlan.State.Storage;

/// <summary>The highest sum that one counter may have over several fields of a map.</summary>
/// <param name="Maximum">The highest sum that is allowed afterwards, within ±(2^53 − 1).</param>
/// <param name="Fields">The fields to add up: 1 to 1,000, none twice. An absent field counts as zero.</param>
/// <param name="Counter">The position of the counter in each field's vector, from 0 to 63. What a shorter vector lacks counts as zero.</param>
public readonly record struct CounterBound(long Maximum, IReadOnlyList<string> Fields, int Counter = 0)
{
    // Whatever prints it, a log above all, is shown no names.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Maximum = {Maximum}, Fields = {Fields?.Count ?? 0}, Counter = {Counter}");
        return true;
    }
}
