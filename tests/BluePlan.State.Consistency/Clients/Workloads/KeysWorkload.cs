using System.Globalization;

namespace BluePlan.State.Consistency;

/// <summary>The keys of a category.</summary>
internal sealed class KeysWorkload(IBluePlanState state, Recorder recorder) : SetWorkload(state, recorder)
{
    public override string Prefix => "s";

    public override int Weight => 1;

    protected override async Task AddAsync(string name, long member) => await State.Store.SetAsync(name, Text(member), member);

    protected override Task<bool> RemoveAsync(string name, long member) => State.Store.DeleteAsync(name, Text(member));

    protected override Task<bool> HasAsync(string name, long member) => State.Store.ExistsAsync(name, Text(member));

    protected override async Task<IReadOnlyList<long>> ListAsync(string name)
    {
        var members = new List<long>();
        string? next = null;
        do
        {
            var page = await State.Store.ListKeysAsync(name, 200, next);
            members.AddRange(page.Items.Select(static key => long.Parse(key, CultureInfo.InvariantCulture)));
            next = page.Next;
        }
        while (next is not null);
        return members;
    }

    private static string Text(long member) => member.ToString(CultureInfo.InvariantCulture);
}
