using Microsoft.Extensions.DependencyInjection;

namespace BluePlan.State.Conformance;

/// <summary>What the fixtures of token usage share: the managers go by a clock of their own, which stands at noon, so that a test can choose its days also on a real server. What the store does by itself goes by its own.</summary>
/// <remarks>The clock never stands before the store's: what is kept to the end of a day must not have expired.</remarks>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class TokenUsageFixture<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private StoppedClock? _clock;

    /// <summary>The managers' clock: noon UTC of a day after the store's.</summary>
    protected StoppedClock Clock => _clock ??= new(new(Now.UtcDateTime.Date.AddDays(1).AddHours(12), TimeSpan.Zero));

    /// <summary>The manager under test.</summary>
    protected ITokenUsageManager Usage => State.TokenUsage;

    /// <summary>The clock's day, in UTC.</summary>
    protected DateOnly Today => DateOnly.FromDateTime(Clock.Now.UtcDateTime);

    /// <inheritdoc/>
    protected override void Configure(BluePlanStateBuilder builder)
    {
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Decorate((_, inner) => new ClockedProvider(inner, Clock));
    }

    /// <summary>Has everything that was recorded posted to its sums, of all tenants, as any question about everyone does.</summary>
    protected Task PostAsync() => Usage.GetDashboardAsync();

    /// <summary>A record with no more than it needs.</summary>
    protected static TokenUsage Of(string requestId, string userId = "ann", string model = "m1", long input = 10, long output = 5, string? sessionId = null, DateTimeOffset? at = null) =>
        new() { RequestId = requestId, UserId = userId, Model = model, InputTokens = input, OutputTokens = output, SessionId = sessionId, At = at };

    /// <summary>A totals record of requests, input and output, all without a price.</summary>
    protected static TokenTotals Totals(long requests, long input, long output) => new(requests, input, output, 0, 0, 0, 0) { UnpricedRequests = requests, UnpricedTokens = input + output };

    /// <summary>Moves the clock to noon some days after the next change of a zone's clocks, and tells the day of that change.</summary>
    protected DateOnly MoveBehindClockChange(TimeZoneInfo zone, int days)
    {
        var noon = Clock.Now;
        while (zone.GetUtcOffset(noon) == zone.GetUtcOffset(noon.AddDays(1))) noon = noon.AddDays(1);
        var change = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(noon.AddDays(1), zone).DateTime);
        Clock.Now = noon.AddDays(1 + days);
        return change;
    }
}
