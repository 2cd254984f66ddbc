using System.Globalization;

namespace BluePlan.State.Consistency;

/// <summary>The token totals of a user: each request is recorded under its id, again if the outcome is unknown.</summary>
internal sealed class UsageWorkload(IBluePlanState state, Recorder recorder) : Workload(state, recorder)
{
    public override ModelKind Model => ModelKind.Counter;

    public override string Prefix => "t";

    public override async Task<Operation> StepAsync(string name, Random random)
    {
        if (random.Next(3) == 0) return await ReadAsync(name);
        var request = Recorder.NextValue();
        return await CallAsync(name, OperationAction.Increment, [1], async _ =>
        {
            await State.TokenUsage.RecordAsync(new() { RequestId = request.ToString(CultureInfo.InvariantCulture), UserId = name,
                Model = "model", InputTokens = 1 });
            return Nothing;
        }, tries: 4);
    }

    public override Task<Operation> ReadAsync(string name) => CallAsync(name, OperationAction.Read, [], async _ =>
    {
        // Clients whose clocks are a day wrong count as well.
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        return [(await State.TokenUsage.GetTotalsAsync(UsageScope.User(name),
            UsageRange.Between(today.AddDays(-3), today.AddDays(3)))).All.Requests];
    });
}
