using System.Text.Json;

namespace BluePlan.State.Consistency;

/// <summary>
/// Writes down each operation of this process, its beginning before it is sent and its end when it is known. Thread-safe.
/// </summary>
internal sealed class Recorder(ClientSettings settings, TextWriter output)
{
    /// <summary>What the lines begin with: a beginning, an end, a whole operation.</summary>
    public const string Begin = "begin ", End = "end ", Whole = "whole ";

    // Every call of the library ends by itself long before.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly Lock _gate = new();
    private long _operations, _values;

    /// <summary>Microseconds since the run began.</summary>
    public long Now => MonotonicClock.Microseconds - settings.Origin;

    /// <summary>A number that no other process uses either.</summary>
    public long NextValue() => settings.Process * 1_000_000_000L + Interlocked.Increment(ref _values);

    /// <summary>Makes a call, and repeats it while its outcome is unknown, as one operation.</summary>
    public async Task<Operation> CallAsync(ModelKind model, string name, OperationAction action, IReadOnlyList<long> input, Func<Call,
        Task<IReadOnlyList<long>>> call, int tries = 1)
    {
        var operation = new Operation { Id = NextId(), Process = settings.Process, Model = model, Object = name, Action = action,
            Input = input, Begun = Now };
        Write(Begin, JsonSerializer.Serialize(operation, HistoryJson.Default.Operation));
        var state = new Call(input);
        var (outcome, result, detail) = (Outcome.Unknown, (IReadOnlyList<long>)[], (string?)null);
        for (var attempt = 1; attempt <= tries; attempt++)
        {
            var before = outcome;
            (outcome, result, detail) = await OutcomeAsync(call, state);
            // Once it may have happened, a certain failure says nothing of the try before.
            if (attempt > 1 && before is Outcome.Unknown && outcome is Outcome.Failed) outcome = Outcome.Unknown;
            if (outcome is not Outcome.Unknown) break;
            if (attempt < tries) await Task.Delay(50 * attempt);
        }
        operation = operation with { Input = state.Input, Outcome = outcome, Output = result, Ended = Now, Detail = detail };
        Write(End, JsonSerializer.Serialize(new(operation.Id, operation.Input, outcome, result, operation.Ended, detail),
            HistoryJson.Default.Completion));
        return operation;
    }

    /// <summary>Writes down what has happened.</summary>
    public void Note(ModelKind model, string name, OperationAction action, IReadOnlyList<long> input, IReadOnlyList<long> result,
        long begun, long ended) =>
        Write(Whole, JsonSerializer.Serialize(new Operation { Id = NextId(), Process = settings.Process, Model = model, Object = name,
            Action = action, Input = input, Outcome = Outcome.Ok, Output = result, Begun = begun, Ended = ended },
            HistoryJson.Default.Operation));

    /// <summary>Says something to the process that started this one.</summary>
    public void Say(string text) => Write("", text.ReplaceLineEndings(" "));

    private static async Task<(Outcome, IReadOnlyList<long>, string?)> OutcomeAsync(Func<Call, Task<IReadOnlyList<long>>> call, Call state)
    {
        try
        {
            return (Outcome.Ok, await call(state).WaitAsync(Limit), null);
        }
        catch (StateConflictException exception)
        {
            return (Outcome.Refused, [], exception.Message);
        }
        catch (Exception exception) when (exception is StateLockLostException or StateNotFoundException)
        {
            return (Outcome.Failed, [], exception.Message);
        }
        catch (StateUnavailableException exception)
        {
            return (exception.MayHaveBeenWritten ? Outcome.Unknown : Outcome.Failed, [], exception.Message);
        }
        catch (OperationCanceledException exception)
        {
            return (Outcome.Unknown, [], exception.Message);
        }
        catch (TimeoutException)
        {
            return (Outcome.Broken, [], $"The call did not end within {Limit.TotalSeconds} s.");
        }
#pragma warning disable CA1031 // Whatever else is thrown is a finding.
        catch (Exception exception)
        {
            return (Outcome.Broken, [], exception.ToString());
        }
#pragma warning restore CA1031
    }

    private long NextId() => settings.Process * 1_000_000_000L + Interlocked.Increment(ref _operations);

    private void Write(string kind, string text)
    {
        lock (_gate)
        {
            output.Write(kind);
            output.Write(text);
            output.Write('\n');
            output.Flush();
        }
    }
}
