using System.Globalization;
using System.Text;

namespace BluePlan.State;

/// <summary>One request as it was counted, see <see cref="ITokenUsageManager.ListAsync"/>. <see cref="ToString"/> shows the model and the numbers, never whose they are.</summary>
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

    /// <summary>Whether the cost was given or computed from a price. <c>false</c> means that nothing is known of the cost, which <see cref="Usage"/> has as zero.</summary>
    public bool IsPriced => Usage.UnpricedRequests == 0;

    /// <inheritdoc cref="TokenUsage.CacheWriteOneHourTokens"/>
    public long CacheWriteOneHourTokens { get; init; }

    /// <summary>The service tier that answered, as it was recorded; <c>null</c> if none was.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>When it was used, in UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The host's own notes; empty when there are none.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Model = {Model}, Usage = {Usage}, ServiceTier = {ServiceTier}, At = {At:O}, Tags = {Tags.Count}");
        return true;
    }
}
