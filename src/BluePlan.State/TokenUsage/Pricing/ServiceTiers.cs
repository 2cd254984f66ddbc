namespace BluePlan.State;

/// <summary>Names of service tiers, as vendors answer them: whatever the case; the standard tier goes by several names.</summary>
internal static class ServiceTiers
{
    /// <summary>What a tier is compared by; empty = the standard tier.</summary>
    public static string Normalize(string? tier) => tier is null || IsStandard(tier) ? "" : tier;

    private static bool IsStandard(string tier) =>
        tier.Length == 0 || tier.Equals("default", StringComparison.OrdinalIgnoreCase) || tier.Equals("standard", StringComparison.OrdinalIgnoreCase) || tier.Equals("auto", StringComparison.OrdinalIgnoreCase);
}
