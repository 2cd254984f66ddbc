namespace BluePlan.State;

/// <summary>All managers of one store, seen by one tenant. Each is also a service of its own. Thread-safe.</summary>
public interface IBluePlanState
{
    /// <summary>The tenant whose state this is; empty = the default tenant.</summary>
    string Tenant { get; }

    /// <summary>User sessions.</summary>
    ISessionManager Sessions { get; }

    /// <summary>Conversations and their messages.</summary>
    IHistoryManager History { get; }

    /// <summary>Token accounting.</summary>
    ITokenUsageManager TokenUsage { get; }

    /// <summary>Versioned configuration.</summary>
    IConfigManager Config { get; }

    /// <summary>Backups. For a tenant other than the default one they hold and restore that tenant's state only; the default tenant's hold the whole store.</summary>
    IBackupManager Backups { get; }

    /// <summary>The host's own data.</summary>
    IStateStore Store { get; }

    /// <summary>
    /// The same store narrowed to one tenant: its users, sessions, conversations, totals, configs and data are apart from every other tenant's, also where names are the same. Cheap: call it for every request.
    /// </summary>
    /// <param name="tenant">The tenant; empty = the default one.</param>
    /// <exception cref="ArgumentException">Longer than 384 bytes in UTF-8, or not well-formed.</exception>
    IBluePlanState ForTenant(string tenant);
}
