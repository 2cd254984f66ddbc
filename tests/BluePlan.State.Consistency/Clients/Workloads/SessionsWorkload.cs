using System.Globalization;

namespace BluePlan.State.Consistency;

/// <summary>The sessions of a user.</summary>
internal sealed class SessionsWorkload(IBluePlanState state, Recorder recorder) : SetWorkload(state, recorder)
{
    public override string Prefix => "u";

    protected override Task AddAsync(string name, long member) => State.Sessions.CreateAsync(name, new Cargo(member), new() { HostSessionId = Text(member) });

    protected override async Task<bool> RemoveAsync(string name, long member) =>
        await State.Sessions.DeleteAsync(await State.Sessions.GetIdAsync(name, Text(member)));

    protected override async Task<bool> HasAsync(string name, long member) =>
        await State.Sessions.GetAsync<Cargo>(await State.Sessions.GetIdAsync(name, Text(member))) is not null;

    protected override async Task<IReadOnlyList<long>> ListAsync(string name)
    {
        var members = new List<long>();
        string? next = null;
        do
        {
            var page = await State.Sessions.ListAsync<Cargo>(name, 200, next);
            members.AddRange(page.Items.Select(static session => session.Data!.Value));
            next = page.Next;
        }
        while (next is not null);
        return members;
    }

    private static string Text(long member) => member.ToString(CultureInfo.InvariantCulture);
}
