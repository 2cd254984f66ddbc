using System.Globalization;
using System.Text;

namespace BluePlan.State;

/// <summary>A place in a ranking, see <see cref="ITokenUsageManager.GetRankingAsync"/>.</summary>
/// <param name="Rank">The place, from 1; no two have the same.</param>
/// <param name="UserId">Who.</param>
/// <param name="TotalTokens">Input and output tokens of all models together.</param>
public sealed record UserUsage(int Rank, string UserId, long TotalTokens)
{
    // Whatever prints it, a log above all, is shown no names and no content.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Rank = {Rank}, TotalTokens = {TotalTokens}");
        return true;
    }
}
