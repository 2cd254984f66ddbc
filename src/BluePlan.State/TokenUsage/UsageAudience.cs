namespace BluePlan.State;

/// <summary>Whose answer depends on usage: who asks about a user, or about all users of a tenant.</summary>
/// <param name="Tenant">The tenant; null = nobody's does.</param>
/// <param name="UserId">The user; null = all of the tenant.</param>
internal readonly record struct UsageAudience(string? Tenant, string? UserId)
{
    /// <summary>Nobody: for work that is done for all tenants, which one tenant's damage must not end.</summary>
    public static UsageAudience Nobody => default;

    /// <summary>All tenants.</summary>
    public static UsageAudience Everybody { get; } = new() { IsEverybody = true };

    private bool IsEverybody { get; init; }

    public bool Concerns(PendingUsage usage) => IsEverybody || (usage.Tenant == Tenant && (UserId is null ? !usage.IsOnlyOwn : usage.UserId == UserId));
}
