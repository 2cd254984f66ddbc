using System.Collections.Concurrent;
using System.Globalization;

namespace BluePlan.State.Consistency;

/// <summary>
/// System messages of conversations that are trimmed: turns go from the head while they stay. They are few, so that they fill less than
/// half of the maximum.
/// </summary>
internal sealed class InstructionsWorkload(IBluePlanState state, Recorder recorder) : Workload(state, recorder)
{
    /// <summary>How many messages its store keeps of a conversation.</summary>
    public const int MaximumMessages = 64;

    private const int OwnLimit = 2;
    private readonly ConcurrentDictionary<string, int> _own = new();

    public override ModelKind Model => ModelKind.Set;

    public override string Prefix => "h";

    public override async Task<Operation> StepAsync(string name, Random random)
    {
        if (random.Next(4) == 0) return await ReadAsync(name);
        var messages = Enumerable.Range(0, random.Next(1, 12))
            .Select(_ => HistoryMessage.User("hello") with { Id = Text(Recorder.NextValue()) }).ToList();
        if (random.Next(4) != 0 || _own.AddOrUpdate(name, 1, static (_, count) => count + 1) > OwnLimit)
        {
            // Not an operation of the model: it only pushes what is older out.
            return await CallAsync(name, OperationAction.Contains, [0], async _ =>
            {
                await AppendAsync(name, messages);
                return [0];
            }, tries: 4);
        }
        var member = Recorder.NextValue();
        messages.Insert(random.Next(messages.Count + 1), HistoryMessage.System(Text(member)) with { Id = Text(member) });
        return await CallAsync(name, OperationAction.Add, [member], async _ =>
        {
            await AppendAsync(name, messages);
            return Nothing;
        }, tries: 4);
    }

    public override Task<Operation> ReadAsync(string name) => CallAsync(name, OperationAction.Read, [], async _ =>
        [.. (await State.History.ReadAsync(await ConversationAsync(name))).Where(static message => message.Role == MessageRole.System)
            .Select(static message => long.Parse(message.Text!, CultureInfo.InvariantCulture))]);

    private async Task AppendAsync(string name, IReadOnlyList<HistoryMessage> messages)
    {
        try
        {
            await State.History.AppendAsync(await ConversationAsync(name), messages);
        }
        catch (StateNotFoundException)
        {
            await State.History.CreateAsync(name, null, name);
            await State.History.AppendAsync(await ConversationAsync(name), messages);
        }
    }

    private ValueTask<string> ConversationAsync(string name) => State.History.GetIdAsync(name, name);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
