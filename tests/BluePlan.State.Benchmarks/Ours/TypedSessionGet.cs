namespace BluePlan.State.Benchmarks;

/// <summary>A session read by its id, its timeout begun anew, its data typed.</summary>
/// <param name="name">What the tables call it.</param>
/// <param name="sessions">How many there are.</param>
/// <param name="open">Makes the store.</param>
internal sealed class TypedSessionGet(string name, int sessions, Func<OurStore> open) : IContestant
{
    private const int MostCallers = 256;

    private ArrivingIds _ids = null!;

    public string Name => name;

    public string Configuration => $"ISessionManager.GetAsync of {sessions:N0} sessions, sliding timeout of one hour, source-generated JSON";

    /// <summary>The open store.</summary>
    public OurStore Store { get; private set; } = null!;

    public async ValueTask OpenAsync()
    {
        Store = open();
        _ids = new(await Store.CreateSessionsAsync(sessions), MostCallers);
        await Store.SettleAsync();
    }

    public async ValueTask CallAsync(int caller, long number)
    {
        if (await Store.State.Sessions.GetAsync<ChatState>(_ids.Next(caller)) is null) throw new InvalidOperationException("A session is gone.");
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
