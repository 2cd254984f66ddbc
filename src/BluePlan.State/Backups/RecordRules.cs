using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>What a record must look like so that listings and maintenance can work with it. A backup comes from outside, so it is believed no more than that.</summary>
internal static class RecordRules
{
    /// <summary>What is wrong with a record; null = nothing.</summary>
    public static string? Fault(StateRecord record) =>
        StateTypes.Find(record.Key.Type, record.Key.Shape) is { } type && Strays(type, record.Content) is var strays and > 0
            ? $"A record of {type.Name} has {strays:N0} members that name nothing that can be stored. Nothing was restored; restore the parts that are whole, or take an earlier backup." : null;

    /// <summary>The record without what can be no part of it; null = nothing is left.</summary>
    public static StateRecord? Sound(StateRecord record)
    {
        if (StateTypes.Find(record.Key.Type, record.Key.Shape) is not { } type || Strays(type, record.Content) == 0) return record;
        var index = (IndexContent)record.Content;
        var members = index.Members.Where(m => IsMember(type, m)).ToArray();
        return members.Length == 0 ? null : record with { Content = index with { Members = members, Count = members.Length } };
    }

    // What a listing or a ranking of a tenant's own holds too much, whoever reads it passes over. The housekeeping is what all tenants share.
    private static int Strays(StateType type, StateContent content) => type.Ownership is StateOwnership.Partition && content is IndexContent index ? index.Members.Count(m => !IsMember(type, m)) : 0;

    private static bool IsMember(StateType type, IndexMember member) => type == StateTypes.UsagePending ? PendingUsage.TryParse(member, out _) : type.IsMember is not { } isMember || isMember(member);
}
