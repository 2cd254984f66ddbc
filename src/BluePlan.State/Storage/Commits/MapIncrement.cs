using System.Globalization;
using System.Text;

namespace BluePlan.State.Storage;

/// <summary>What to add to a field of a map.</summary>
/// <param name="Name">Well-formed text of 1 to 4,096 bytes in UTF-8.</param>
/// <param name="By">1 to 64 numbers, added one by one to the vector that is there. An absent field, and what a shorter vector lacks, counts as zero; what a longer vector has beyond stays.</param>
public readonly record struct MapIncrement(string Name, ReadOnlyMemory<long> By)
{
    // Whatever prints it, a log above all, is shown no names and no content.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"By = {By.Length} counters");
        return true;
    }
}
