using System.Globalization;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>The keys of one tenant's usage. Days are those of the reporting time zone.</summary>
internal sealed class UsageKeys(StateScope scope)
{
    private volatile DayText? _latest;

    public string Tenant => scope.Tenant;

    public int PartitionCount => scope.Storage.PartitionCount;

    /// <summary>The reporting time zone that the tenant's days belong to.</summary>
    public StateKey Settings => scope.Key(scope.Partition(StateRoute.Of("usage", Tenant, "settings")), StateTypes.UsageSettings, "reporting");

    public int PartitionOf(string userId) => scope.UserPartition(userId);

    /// <summary>A single record.</summary>
    public StateKey Request(int partition, string userId, string requestId) => scope.Key(partition, StateTypes.UsageRequest, userId, requestId);

    /// <summary>The requests of a user on a day: request id → Unix milliseconds, negative.</summary>
    /// <remarks>So the newest stand in front, and one more is put in front: Redis keeps a small index in one piece and looks for a place from there.</remarks>
    public StateKey Requests(int partition, string userId, DateOnly day) => scope.Key(partition, StateTypes.UserRequests, userId, Text(day));

    /// <summary>What a session used.</summary>
    public StateKey Session(int partition, string userId, string handle) => scope.Key(partition, StateTypes.UsageSession, userId, handle);

    /// <summary>What a user used on a day.</summary>
    public StateKey UserDay(int partition, string userId, DateOnly day) => scope.Key(partition, StateTypes.UsageUserDay, userId, Text(day));

    /// <summary>What the partition's users used on a day.</summary>
    public StateKey Day(int partition, DateOnly day) => scope.Key(partition, StateTypes.UsageDay, Text(day));

    /// <summary>The partition's users on a day: user → total tokens.</summary>
    public StateKey Ranking(int partition, DateOnly day) => scope.Key(partition, StateTypes.UsageRanking, Text(day));

    /// <summary>The partition's models and sessions on a day.</summary>
    public StateKey Seen(int partition, DateOnly day) => scope.Key(partition, StateTypes.UsageSeen, Text(day));

    /// <summary>What a user used in a month that is over.</summary>
    public StateKey UserMonth(int partition, string userId, DateOnly month) => scope.Key(partition, StateTypes.UsageUserMonth, userId, MonthText(month));

    /// <summary>What the partition's users used in a month that is over.</summary>
    public StateKey Month(int partition, DateOnly month) => scope.Key(partition, StateTypes.UsageMonth, MonthText(month));

    /// <summary>What a partition's users of all tenants recorded and is not yet posted to the sums, see <see cref="PendingUsage"/>.</summary>
    public static StateKey Pending(int partition) => new(partition, StateTypes.UsagePending.Shape, StateTypes.UsagePending.Name, "all");

    /// <summary>What waited there and is no usage: an operator can look into it for <see cref="UsageRetention.SetAsideDays"/> days. Nothing reads it.</summary>
    public static StateKey SetAside(int partition) => new(partition, StateTypes.UsageSetAside.Shape, StateTypes.UsageSetAside.Name, "all");

    /// <summary>Whether records are posted to keys of a type.</summary>
    public static bool IsSum(StateType? type) =>
        type == StateTypes.UsageUserDay || type == StateTypes.UsageSession || type == StateTypes.UsageDay || type == StateTypes.UsageRanking || type == StateTypes.UsageSeen;

    /// <summary>The tenants with usage in a partition: tenant → the latest day on which this was said.</summary>
    public static StateKey Tenants(int partition) => new(partition, StateTypes.UsageTenants.Shape, StateTypes.UsageTenants.Name, "all");

    /// <summary>How far a partition's tenants were cleaned up: tenant → the last day whose quarter-hours are gone.</summary>
    public static StateKey Cleaned(int partition) => new(partition, StateTypes.UsageCleaned.Shape, StateTypes.UsageCleaned.Name, "all");

    /// <summary>A tenant as a member of these two, beginning with the tenant as every member of a partition's housekeeping does: an index takes no empty name.</summary>
    public static string TenantMember(string tenant) => KeyText.Join(tenant, "");

    public static string TenantOf(string member) => KeyText.Split(member)[0];

    /// <summary>Names a session without giving it away: a session id lets whoever has it in.</summary>
    public string HandleOf(string sessionId) => StateId.Hash(KeyText.Join("session", Tenant, sessionId));

    private string Text(DateOnly day)
    {
        if (_latest is { } latest && latest.Day == day) return latest.Text;
        var text = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        _latest = new(day, text);
        return text;
    }

    private static string MonthText(DateOnly month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private sealed record DayText(DateOnly Day, string Text);
}
