namespace BluePlan.State;

/// <summary>A sum over requests, whole and by model.</summary>
/// <param name="All">Every model together.</param>
/// <param name="ByModel">Each model that was used; they add up to <paramref name="All"/>.</param>
public sealed record UsageTotals(TokenTotals All, IReadOnlyDictionary<string, TokenTotals> ByModel);
