namespace BluePlan.State.Benchmarks;

/// <summary>One call to a model accounted: the detail, every total, the rankings, the distinct users and sessions, once by its request id.</summary>
internal sealed class TokenRecording(Func<OurStore> open) : IContestant
{
    private OurStore _store = null!;

    public string Name => "token record";

    public string Configuration => $"ITokenUsageManager.RecordAsync of {Requests.Users:N0} users, three models, a new request id each time";

    public ValueTask OpenAsync()
    {
        _store = open();
        return ValueTask.CompletedTask;
    }

    public async ValueTask CallAsync(int caller, long number)
    {
        var usage = new TokenUsage
        {
            RequestId = $"request-{number}",
            UserId = Requests.User(number),
            SessionId = Requests.Session(number),
            Model = Requests.Model(number),
            InputTokens = Requests.Input(number),
            OutputTokens = Requests.Output(number),
        };
        if (!await _store.State.TokenUsage.RecordAsync(usage)) throw new InvalidOperationException("A new request was taken for a known one.");
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
