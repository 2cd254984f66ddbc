using System.Text;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Refuses a record that breaks the rules of <see cref="TokenUsage"/>, with the numbers that do.</summary>
internal static class UsageValidation
{
    private const int MostTags = 32;
    private const int MostTagBytes = 1024;

    /// <exception cref="ArgumentException">It breaks a rule.</exception>
    public static void Check(TokenUsage usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        StateName.Check(usage.RequestId);
        StateName.Check(usage.UserId);
        StateName.Check(usage.Model);
        if (usage.SessionId is not null) StateName.Check(usage.SessionId);
        if (usage.ServiceTier is not null) StateName.Check(usage.ServiceTier);

        CheckCount(usage.InputTokens, nameof(usage.InputTokens));
        CheckCount(usage.OutputTokens, nameof(usage.OutputTokens));
        CheckCount(usage.CachedInputTokens, nameof(usage.CachedInputTokens));
        CheckCount(usage.CacheWriteTokens, nameof(usage.CacheWriteTokens));
        CheckCount(usage.CacheWriteOneHourTokens, nameof(usage.CacheWriteOneHourTokens));
        CheckCount(usage.ReasoningTokens, nameof(usage.ReasoningTokens));
        CheckCount(usage.CostNanos ?? 0, nameof(usage.CostNanos));
        CheckCount(usage.InputTokens + usage.OutputTokens, $"{nameof(usage.InputTokens)} + {nameof(usage.OutputTokens)}");

        if (usage.CachedInputTokens + usage.CacheWriteTokens > usage.InputTokens)
            throw new ArgumentException($"{nameof(usage.CachedInputTokens)} {usage.CachedInputTokens} and {nameof(usage.CacheWriteTokens)} {usage.CacheWriteTokens} exceed {nameof(usage.InputTokens)} {usage.InputTokens}, which holds them both.", nameof(usage));
        if (usage.CacheWriteOneHourTokens > usage.CacheWriteTokens)
            throw new ArgumentException($"{nameof(usage.CacheWriteOneHourTokens)} {usage.CacheWriteOneHourTokens} exceeds {nameof(usage.CacheWriteTokens)} {usage.CacheWriteTokens}, which holds it.", nameof(usage));
        if (usage.ReasoningTokens > usage.OutputTokens)
            throw new ArgumentException($"{nameof(usage.ReasoningTokens)} {usage.ReasoningTokens} exceeds {nameof(usage.OutputTokens)} {usage.OutputTokens}, which holds it.", nameof(usage));
        CheckTags(usage.Tags);
    }

    /// <summary>The record in the form in which it is stored.</summary>
    /// <param name="usage">What was used.</param>
    /// <param name="at">When.</param>
    /// <param name="cost">What it cost; null = unpriced.</param>
    /// <param name="handle">The session's handle.</param>
    public static UsageDetail ToDetail(TokenUsage usage, DateTimeOffset at, long? cost, string? handle) => new()
    {
        Model = usage.Model,
        At = at.ToUnixTimeMilliseconds(),
        Session = handle,
        Input = usage.InputTokens,
        Output = usage.OutputTokens,
        Cached = usage.CachedInputTokens,
        CacheWrite = usage.CacheWriteTokens,
        Reasoning = usage.ReasoningTokens,
        CacheWriteOneHour = usage.CacheWriteOneHourTokens,
        Tier = usage.ServiceTier,
        Cost = cost ?? 0,
        Unpriced = cost is null,
        Tags = usage.Tags is { Count: > 0 } tags ? new(tags, StringComparer.Ordinal) : null,
    };

    private static void CheckCount(long count, string name, string parameter = "usage")
    {
        if (count is < 0 or > StateLimits.MaximumNumber) throw new ArgumentOutOfRangeException(parameter, count, $"{name} is {count}; it is 0 to {StateLimits.MaximumNumber}.");
    }

    private static void CheckTags(IReadOnlyDictionary<string, string>? tags, string parameter = "usage")
    {
        if (tags is null) return;
        if (tags.Count > MostTags) throw new ArgumentException($"There are {tags.Count} tags; at most {MostTags} are accepted.", parameter);
        foreach (var (name, value) in tags)
        {
            StateName.Check(name, parameter);
            if (value is null || !StateText.IsWellFormed(value) || Encoding.UTF8.GetByteCount(value) > MostTagBytes)
                throw new ArgumentException($"The value of a tag is null, not well-formed, or longer than {MostTagBytes} bytes in UTF-8.", parameter);
        }
    }
}
