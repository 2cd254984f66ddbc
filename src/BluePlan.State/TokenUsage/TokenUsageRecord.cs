namespace BluePlan.State;

/// <summary>One request as it was counted, see <see cref="ITokenUsageManager.ListAsync"/>.</summary>
public sealed record TokenUsageRecord
{
    /// <summary>The request's own id.</summary>
    public required string RequestId { get; init; }

    /// <summary>Who used it.</summary>
    public required string UserId { get; init; }

    /// <summary>The model that answered.</summary>
    public required string Model { get; init; }

    /// <summary>Names the session without giving it away: 32 hexadecimal digits, the same for the same session id; null = none.</summary>
    public string? SessionHandle { get; init; }

    /// <summary>What it used. <see cref="TokenTotals.Requests"/> is 1.</summary>
    public required TokenTotals Usage { get; init; }

    /// <summary>When it was used, in UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The host's own notes; empty when there are none.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }
}
