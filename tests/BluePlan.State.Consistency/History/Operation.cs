using System.Globalization;
using System.Text.Json.Serialization;

namespace BluePlan.State.Consistency;

/// <summary>
/// One call of one worker: when it began, when it ended, and what the answer was. Times are microseconds of the machine's monotonic clock
/// since the run began, so those of several processes compare.
/// </summary>
internal sealed record Operation
{
    /// <summary>Unique in a history.</summary>
    public long Id { get; init; }

    public int Process { get; init; }

    public required ModelKind Model { get; init; }

    /// <summary>The object that it is about, unique within its model.</summary>
    public required string Object { get; init; }

    public required OperationAction Action { get; init; }

    /// <summary>What <see cref="OperationAction"/> says.</summary>
    public IReadOnlyList<long> Input { get; init; } = [];

    public Outcome Outcome { get; init; }

    /// <summary>What <see cref="OperationAction"/> says; empty when the answer is not known.</summary>
    public IReadOnlyList<long> Output { get; init; } = [];

    public long Begun { get; init; }

    /// <summary>When the caller went on. An operation whose outcome is unknown may take effect later.</summary>
    public long Ended { get; init; } = long.MaxValue;

    /// <summary>The message of what was thrown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Detail { get; init; }

    /// <summary>
    /// Whether it was acknowledged and may be lost. If its effect has stayed, it came before the end of the call.
    /// </summary>
    [JsonIgnore]
    public bool IsLosable { get; init; }

    /// <summary>The end of the time within which it has taken effect; the greatest number if it may not have at all.</summary>
    [JsonIgnore]
    public long Latest => Outcome is Outcome.Unknown ? long.MaxValue : Ended;

    /// <summary>The last moment at which it can take effect, if it does.</summary>
    [JsonIgnore]
    public long Deadline => Outcome is Outcome.Unknown && !IsLosable ? long.MaxValue : Ended;

    /// <summary>Whether it only looks.</summary>
    [JsonIgnore]
    public bool IsRead => Action is OperationAction.Read or OperationAction.Contains or OperationAction.Peek or OperationAction.Hear;

    /// <summary>Whether a change of the store was acknowledged. What may have found nothing to do is none.</summary>
    [JsonIgnore]
    public bool IsAcknowledgedWrite => Outcome is Outcome.Ok && Action is OperationAction.Write or OperationAction.CompareAndSet
        or OperationAction.Save or OperationAction.Append or OperationAction.Add or OperationAction.Increment;

    public override string ToString()
    {
        var ended = Ended == long.MaxValue ? "…" : Milliseconds(Ended);
        var output = Output.Count > 0 ? " " + Text(Output) : "";
        var detail = Detail is null ? "" : $" ({Detail})";
        return $"[{Milliseconds(Begun)}–{ended} ms] process {Process}: {Action}({Text(Input)}) = {Outcome}{output}{detail}";
    }

    private static string Milliseconds(long microseconds) => (microseconds / 1000.0).ToString("F1", CultureInfo.InvariantCulture);

    // The beginning and the end of what is long.
    private static string Text(IReadOnlyList<long> values) => values.Count <= 24 ? string.Join(", ", values)
        : $"{string.Join(", ", values.Take(4))}, … {values.Count} values …, {string.Join(", ", values.TakeLast(8))}";
}
