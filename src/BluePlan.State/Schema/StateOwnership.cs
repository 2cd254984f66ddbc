namespace BluePlan.State;

/// <summary>How to tell whose a key is. Every key's id begins with its tenant, but for <see cref="Partition"/>.</summary>
internal enum StateOwnership
{
    /// <summary>A user's: the id is tenant, user and perhaps more.</summary>
    User,

    /// <summary>A user's: the id is tenant and a name that stands as a member in the user's index <see cref="StateType.MemberOf"/>.</summary>
    Member,

    /// <summary>A sum or ranking over all users of a tenant.</summary>
    Aggregate,

    /// <summary>The tenant's own.</summary>
    Tenant,

    /// <summary>A partition's housekeeping, an index over all tenants whose members are <see cref="KeyText"/> that begins with the tenant, and with the user of what is a user's; made anew as needed.</summary>
    Partition,
}
