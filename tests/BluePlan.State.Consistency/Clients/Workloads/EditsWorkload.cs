using System.Globalization;

namespace BluePlan.State.Consistency;

/// <summary>One message, which is appended if it is absent, edited, and removed, again if the outcome is unknown.</summary>
internal sealed class EditsWorkload(IBluePlanState state, Recorder recorder) : Workload(state, recorder)
{
    private const string MessageId = "message";

    public override ModelKind Model => ModelKind.Register;

    public override string Prefix => "m";

    public override async Task<Operation> StepAsync(string name, Random random)
    {
        HistoryMessage? message = null;
        var read = await ReadAsync(name, found => message = found);
        if (read.Outcome is not Outcome.Ok) return read;
        if (message is null) return await AppendAsync(name);
        return random.Next(8) switch
        {
            < 2 => read,
            < 6 => await EditAsync(name, message.Sequence),
            6 => await AppendAsync(name),
            _ => await RemoveAsync(name),
        };
    }

    public override Task<Operation> ReadAsync(string name) => ReadAsync(name, static _ => { });

    private Task<Operation> ReadAsync(string name, Action<HistoryMessage?> found) => CallAsync(name, OperationAction.Read, [], async _ =>
    {
        var messages = await State.History.ReadAsync(await ConversationAsync(name));
        if (messages.Count > 1) throw new InvalidDataException($"{messages.Count} messages have one id.");
        var message = messages.Count > 0 ? messages[0] : null;
        found(message);
        return [message is null ? 0 : Value(message)];
    });

    /// <summary>Appends it under its one id, which succeeds only where it is not there.</summary>
    private Task<Operation> AppendAsync(string name)
    {
        var value = Recorder.NextValue();
        return CallAsync(name, OperationAction.CompareAndSet, [value, 0], async _ =>
        {
            HistoryMessage[] messages = [HistoryMessage.User(Text(value)) with { Id = MessageId }];
            IReadOnlyList<HistoryMessage> kept;
            try
            {
                kept = await State.History.AppendAsync(await ConversationAsync(name), messages);
            }
            catch (StateNotFoundException)
            {
                await State.History.CreateAsync(name, null, name);
                kept = await State.History.AppendAsync(await ConversationAsync(name), messages);
            }
            // One that was edited comes back as it is.
            return Value(kept[0]) == value ? Nothing : throw new StateConflictException("It is there.");
        });
    }

    private Task<Operation> EditAsync(string name, long sequence)
    {
        var value = Recorder.NextValue();
        return CallAsync(name, OperationAction.CompareAndSet, [value, -1], async call =>
        {
            var edited = await State.History.EditAsync(await ConversationAsync(name), sequence, message =>
            {
                call.Input = [value, Value(message)];
                return message with { Text = Text(value) };
            });
            if (edited is not null) return Nothing;
            // Another may be there by now, under a later sequence.
            call.Input = [value, -1];
            throw new StateConflictException("It is not there.");
        });
    }

    private async Task<Operation> RemoveAsync(string name)
    {
        for (var attempt = 1; ; attempt++)
        {
            var remove = await CallAsync(name, OperationAction.Delete, [],
                async _ => [(await State.History.RemoveAsync(await ConversationAsync(name), MessageRange.All)).Count]);
            if (remove.Outcome is Outcome.Ok || attempt == 5) return remove;
            await Task.Delay(50 * attempt);
        }
    }

    private ValueTask<string> ConversationAsync(string name) => State.History.GetIdAsync(name, name);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static long Value(HistoryMessage message) => long.Parse(message.Text!, CultureInfo.InvariantCulture);
}
