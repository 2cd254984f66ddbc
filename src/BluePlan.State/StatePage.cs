using System.Globalization;
using System.Text;

namespace BluePlan.State;

/// <summary>One page of a listing.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The page's items; a page may be short, or empty, and still have a next one.</param>
/// <param name="Next">Opaque: pass it as <c>after</c> for the next page. Null = this was the last.</param>
public sealed record StatePage<T>(IReadOnlyList<T> Items, string? Next)
{
    // Whatever prints it, a log above all, is shown no names and no content.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Items = {Items.Count}, HasNext = {Next is not null}");
        return true;
    }
}
