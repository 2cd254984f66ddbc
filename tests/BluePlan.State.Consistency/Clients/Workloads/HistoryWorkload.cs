using System.Globalization;

namespace BluePlan.State.Consistency;

/// <summary>Conversations: messages with ids are appended, again if the outcome is unknown.</summary>
internal sealed class HistoryWorkload(IBluePlanState state, Recorder recorder) : Workload(state, recorder)
{
    private const string User = "writer";

    public override ModelKind Model => ModelKind.List;

    public override string Prefix => "l";

    public override async Task<Operation> StepAsync(string name, Random random)
    {
        if (random.Next(3) == 0) return await ReadAsync(name);
        HistoryMessage[] messages = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Recorder.NextValue())
            .Select(static id => HistoryMessage.User("hello") with { Id = id.ToString(CultureInfo.InvariantCulture) })];
        return await CallAsync(name, OperationAction.Append, [.. messages.Select(Id)], async _ =>
        {
            var conversation = await State.History.GetIdAsync($"{User} {name}", name);
            try
            {
                return Sequences(await State.History.AppendAsync(conversation, messages));
            }
            catch (StateNotFoundException)
            {
                await State.History.CreateAsync($"{User} {name}", null, name);
                return Sequences(await State.History.AppendAsync(conversation, messages));
            }
        }, tries: 4);
    }

    public override Task<Operation> ReadAsync(string name) => CallAsync(name, OperationAction.Read, [], async _ =>
        [.. (await State.History.ReadAsync(await State.History.GetIdAsync($"{User} {name}", name)))
            .SelectMany(static message => (long[])[Id(message), message.Sequence])]);

    private static IReadOnlyList<long> Sequences(IReadOnlyList<HistoryMessage> messages) =>
        [.. messages.Select(static message => message.Sequence)];

    private static long Id(HistoryMessage message) => long.Parse(message.Id!, CultureInfo.InvariantCulture);
}
