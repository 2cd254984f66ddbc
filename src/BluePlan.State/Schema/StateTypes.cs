using System.Collections.Frozen;
using System.Reflection;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Every type of key that the managers keep. A manager writes only keys of these types; backups choose by them.</summary>
internal static class StateTypes
{
    // Sessions. A session's key and member is the handle, a hash of its id, so that what is stored does not hand out live sessions.
    public static readonly StateType UserSessions = new("user-sessions", StateShape.Index, StateParts.Sessions, StateOwnership.User) { IsMember = StateMember.IsHandle };
    public static readonly StateType Session = new("session", StateShape.Document, StateParts.Sessions, StateOwnership.Member, UserSessions);
    public static readonly StateType SessionExpiry = new("session-expiry", StateShape.Index, StateParts.Sessions, StateOwnership.Partition) { IsMember = StateMember.IsOwnedHandle };

    // History. Head and messages lie under the conversation's id.
    public static readonly StateType UserConversations = new("user-conversations", StateShape.Index, StateParts.History, StateOwnership.User) { IsMember = StateMember.IsDatedId };
    public static readonly StateType Conversation = new("conversation", StateShape.Document, StateParts.History, StateOwnership.Member, UserConversations);
    public static readonly StateType Messages = new("messages", StateShape.Log, StateParts.History, StateOwnership.Member, UserConversations);
    public static readonly StateType ConversationExpiry = new("conversation-expiry", StateShape.Index, StateParts.History, StateOwnership.Partition) { IsMember = StateMember.IsOwnedName };
    public static readonly StateType ConversationDraft = new("conversation-draft", StateShape.Document, StateParts.None, StateOwnership.Member, UserConversations);

    // Token usage.
    public static readonly StateType UsageSettings = new("usage-settings", StateShape.Document, StateParts.TokenUsage, StateOwnership.Tenant);
    public static readonly StateType UsageRequest = new("usage-request", StateShape.Document, StateParts.TokenUsage, StateOwnership.User);
    public static readonly StateType UserRequests = new("usage-user-requests", StateShape.Index, StateParts.TokenUsage, StateOwnership.User) { IsMember = StateMember.IsNameByNewest };
    public static readonly StateType UsageSession = new("usage-session", StateShape.Map, StateParts.TokenUsage, StateOwnership.User);
    public static readonly StateType UsageUserDay = new("usage-user-day", StateShape.Map, StateParts.TokenUsage, StateOwnership.User);
    public static readonly StateType UsageUserMonth = new("usage-user-month", StateShape.Document, StateParts.TokenUsage, StateOwnership.User);
    public static readonly StateType UsageDay = new("usage-day", StateShape.Map, StateParts.TokenUsage, StateOwnership.Aggregate);
    public static readonly StateType UsageRanking = new("usage-ranking", StateShape.Index, StateParts.TokenUsage, StateOwnership.Aggregate) { IsMember = StateMember.IsName };
    public static readonly StateType UsageSeen = new("usage-seen", StateShape.Index, StateParts.TokenUsage, StateOwnership.Aggregate);
    public static readonly StateType UsageMonth = new("usage-month", StateShape.Document, StateParts.TokenUsage, StateOwnership.Aggregate);
    public static readonly StateType UsagePending = new("usage-pending", StateShape.Index, StateParts.TokenUsage, StateOwnership.Partition);
    public static readonly StateType UsageSetAside = new("usage-set-aside", StateShape.Index, StateParts.TokenUsage, StateOwnership.Partition);
    public static readonly StateType UsageTenants = new("usage-tenants", StateShape.Index, StateParts.TokenUsage, StateOwnership.Partition) { IsMember = StateMember.IsDatedTenant };
    public static readonly StateType UsageCleaned = new("usage-cleaned", StateShape.Index, StateParts.TokenUsage, StateOwnership.Partition) { IsMember = StateMember.IsDatedTenant };

    // Config. All configs of a tenant lie in one partition, so that they can be backed up and restored as of one moment.
    public static readonly StateType Config = new("config", StateShape.Document, StateParts.Config, StateOwnership.Tenant);
    public static readonly StateType ConfigSet = new("config-set", StateShape.Document, StateParts.Config, StateOwnership.Tenant);
    public static readonly StateType ConfigVersions = new("config-versions", StateShape.Log, StateParts.Config, StateOwnership.Tenant);
    public static readonly StateType ConfigNames = new("config-names", StateShape.Map, StateParts.Config, StateOwnership.Tenant) { IsListing = true, IsField = static (name, value) => StateMember.IsDated(name, value, 3, 1) };
    public static readonly StateType ConfigBackup = new("config-backup", StateShape.Map, StateParts.Config, StateOwnership.Tenant);
    public static readonly StateType ConfigBackupNames = new("config-backup-names", StateShape.Map, StateParts.Config, StateOwnership.Tenant) { IsListing = true, IsField = static (name, value) => StateMember.IsDated(name, value, 2, 0) };

    // The host's own data.
    public static readonly StateType Data = new("data", StateShape.Document, StateParts.Store, StateOwnership.Tenant);
    public static readonly StateType DataFields = new("data-fields", StateShape.Map, StateParts.Store, StateOwnership.Tenant);
    public static readonly StateType DataKeys = new("data-keys", StateShape.Index, StateParts.Store, StateOwnership.Tenant) { IsMember = StateMember.IsName };
    public static readonly StateType DataExpiry = new("data-expiry", StateShape.Index, StateParts.Store, StateOwnership.Partition) { IsMember = StateMember.IsOwnedName };

    // Locks: of the moment, so in no backup.
    public static readonly StateType Lock = new("lock", StateShape.Document, StateParts.None, StateOwnership.Tenant);
    public static readonly StateType LockTokens = new("lock-tokens", StateShape.Log, StateParts.None, StateOwnership.Partition);
    public static readonly StateType LockFence = new("lock-fence", StateShape.Map, StateParts.None, StateOwnership.Tenant);

    // Every type of the fields above, so that none is forgotten.
    private static readonly StateType[] Known = [.. typeof(StateTypes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static f => (StateType)f.GetValue(null)!)];

    /// <summary>Every type that backups hold.</summary>
    public static IReadOnlyList<StateType> All { get; } = [.. Known.Where(static t => t.Part is not StateParts.None)];

    private static readonly FrozenDictionary<(string, StateShape), StateType> ByName = Known.ToFrozenDictionary(static t => (t.Name, t.Shape));

    /// <summary>The log that the fencing tokens of a partition's locks are drawn from.</summary>
    public static StateKey LockTokensOf(int partition) => new(partition, LockTokens.Shape, LockTokens.Name, "all");

    /// <summary>The type of a key; null = none of these: a newer version's, or a host's own.</summary>
    public static StateType? Find(string name, StateShape shape) => ByName.GetValueOrDefault((name, shape));
}
