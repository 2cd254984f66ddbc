using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Which keys a backup or restore is about: a tenant's, some parts of them, one user's. For a user it first learns from the user's listings what they name.</summary>
internal sealed class BackupSelection
{
    /// <summary>The parts that hold something of users.</summary>
    public static readonly StateParts OfUsers =
        StateTypes.All.Where(static t => t.Ownership is StateOwnership.User or StateOwnership.Member).Aggregate(StateParts.None, static (parts, t) => parts | t.Part);

    private readonly StateParts _asked;
    private readonly StateParts _parts;
    private readonly string? _userId;
    private readonly bool _allTenants;
    private readonly string _tenant;
    private readonly string _tenantPrefix;
    private readonly string _userText;
    private readonly HashSet<(StateType Listing, string Member)> _members = [];
    private StateKey _cut;

    public BackupSelection(string tenant, StateParts parts, string? userId, int partitionCount)
    {
        PartitionCount = partitionCount;
        (_tenant, _asked, _parts, _userId) = (tenant, parts, userId is null ? parts : parts & OfUsers, userId);
        _allTenants = tenant.Length == 0 && userId is null;
        _tenantPrefix = KeyText.Escape(tenant) + "/";
        _userText = _tenantPrefix + KeyText.Escape(userId ?? "");
        if (userId is not null) Partition = StateRoute.OfUser(tenant, userId) & (partitionCount - 1);
    }

    /// <summary>The store's number of partitions.</summary>
    public int PartitionCount { get; }

    /// <summary>Whether nothing is left out but what no backup holds.</summary>
    public bool IsEverything => _allTenants && _parts == StateParts.All;

    /// <summary>Whether a user is selected, and with that no sums of everyone.</summary>
    public bool IsOfUser => _userId is not null;

    /// <summary>Whose token usage is selected.</summary>
    public UsageAudience Audience => _allTenants ? UsageAudience.Everybody : new(_tenant, _userId);

    /// <summary>Whether something of a part is selected.</summary>
    public bool Holds(StateParts part) => (_parts & part) != 0;

    /// <summary>The only partition that holds what is selected; null = any may.</summary>
    public int? Partition { get; }

    /// <summary>The types of the selected parts that stay as they are when a user is selected, because they are nobody's own.</summary>
    public IReadOnlyList<string> NotOfUsers =>
        _userId is null ? [] : [.. StateTypes.All.Where(t => _asked.HasFlag(t.Part) && (t.Ownership is StateOwnership.Aggregate or StateOwnership.Tenant || !OfUsers.HasFlag(t.Part))).Select(static t => t.Name)];

    /// <summary>The user's listings, which say what belongs to the user.</summary>
    public IEnumerable<StateKey> Listings =>
        _userId is null ? [] : StateTypes.All.Select(static t => t.MemberOf).OfType<StateType>().Distinct().Where(t => _parts.HasFlag(t.Part))
            .Select(t => new StateKey(Partition!.Value, t.Shape, t.Name, _userText));

    /// <summary>Learns from a record what belongs to the user, if it is one of the user's listings.</summary>
    public void Learn(StateKey key, StateContent? content)
    {
        if (_userId is null || content is not IndexContent index || key.Id != _userText || StateTypes.Find(key.Type, key.Shape) is not { } type) return;
        foreach (var member in index.Members) _members.Add((type, member.Member));
    }

    /// <summary>Whether a key is selected whole, so that it may be replaced or deleted.</summary>
    public bool Includes(StateKey key)
    {
        var type = StateTypes.Find(key.Type, key.Shape);
        if (!_allTenants && !key.Id.StartsWith(_tenantPrefix, StringComparison.Ordinal)) return false;
        if (type is null) return _parts == StateParts.All && _userId is null;
        if (type.Part is StateParts.None || !_parts.HasFlag(type.Part) || IsShared(type)) return false;
        return _userId is null || (key.Partition == Partition && type.Ownership switch
        {
            StateOwnership.User => key.Id.StartsWith(_userText, StringComparison.Ordinal) && (key.Id.Length == _userText.Length || key.Id[_userText.Length] == '/'),
            StateOwnership.Member => _members.Contains((type.MemberOf!, KeyText.Unescape(key.Id[_tenantPrefix.Length..]))),
            _ => false,
        });
    }

    /// <summary>The record, or what is selected of it; null = nothing. Takes the parts of a key in their order.</summary>
    public StateRecord? Take(StateRecord record)
    {
        if (Includes(record.Key)) return record;
        if (StateTypes.Find(record.Key.Type, record.Key.Shape) is not { } type || type.Part is StateParts.None || !_parts.HasFlag(type.Part) || !IsShared(type) || record.Content is not IndexContent index) return null;
        if (Partition is { } only && record.Key.Partition != only) return null;
        var members = index.Members.Where(IsOwn).ToArray();
        // A user's usage comes back for the user: everyone's sums stay as they are.
        if (_userId is not null && type == StateTypes.UsagePending)
            members = [.. members.Select(static m => PendingUsage.TryParse(m, out var usage) ? (usage with { IsOnlyOwn = true }).ToMember() : m)];
        if (members.Length == 0) return null;
        // Parts of which nothing is selected fall out, so the first that stays begins the key.
        var continues = record.Continues && _cut == record.Key;
        _cut = record.Key;
        return record with { Content = index with { Members = members, Count = members.Length }, Continues = continues };
    }

    /// <summary>Whether a record is written by adding to what is there: an index that all tenants share, or, when a restore merges, a listing.</summary>
    public bool IsUnited(StateKey key, RestoreMode mode) =>
        StateTypes.Find(key.Type, key.Shape) is { } type && (IsShared(type) || (mode is RestoreMode.Merge && type.IsListing));

    private bool IsShared(StateType type) => type.Ownership is StateOwnership.Partition && !_allTenants;

    // The members of a partition's housekeeping begin with the tenant, and those of a user's things go on with the user.
    private bool IsOwn(IndexMember member)
    {
        var parts = KeyText.Split(member.Member);
        return parts[0] == _tenant && (_userId is null || (parts.Length > 1 && parts[1] == _userId));
    }
}
