using System.Globalization;
using System.Text;

namespace BluePlan.State.Storage;

/// <summary>A field of a map with what it holds.</summary>
/// <param name="Name">Well-formed text of 1 to 4,096 bytes in UTF-8.</param>
/// <param name="Value">Bytes or counters.</param>
public readonly record struct MapField(string Name, MapValue Value)
{
    // Whatever prints it, a log above all, is shown no names and no content.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Value = {Value}");
        return true;
    }
}
