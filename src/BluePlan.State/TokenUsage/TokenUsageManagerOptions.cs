namespace BluePlan.State;

/// <summary>Settings of <see cref="ITokenUsageManager"/>.</summary>
public sealed class TokenUsageManagerOptions
{
    /// <summary>
    /// The time zone whose days and months are summed, ranked and counted, as an IANA or Windows id; <c>UTC</c> by default. Fixed for a tenant with its first record: from then on another one
    /// is refused with <see cref="InvalidOperationException"/>. Its offsets must be multiples of 15 minutes, as all of today's are.
    /// </summary>
    public string ReportingTimeZone { get; set; } = "UTC";

    /// <summary>How long single records are kept, and with them their request ids: from one day to 366 days; 30 days by default.</summary>
    public TimeSpan DetailRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// Prices by the beginning of a model's name, the longest that fits, whatever the case: <c>gpt-4o</c> also prices <c>gpt-4o-2024-08-06</c> unless
    /// that has a price of its own; an empty beginning prices all others. From 0 to 1,000,000,000 each. A change prices what is recorded from then on.
    /// </summary>
    /// <remarks>A cost is the exact sum of tokens times price, rounded once to 10⁻⁹ of the currency, halves away from zero.</remarks>
    public IDictionary<string, TokenPrice> Prices { get; } = new Dictionary<string, TokenPrice>(StringComparer.Ordinal);

    internal void Validate(string path, ICollection<string> faults)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(ReportingTimeZone ?? "", out var zone))
            faults.Add($"{path}.{nameof(ReportingTimeZone)} is '{ReportingTimeZone}', which this machine does not know. Use an IANA id such as Asia/Shanghai, and see that the machine has time zone data.");
        else if (zone.BaseUtcOffset.Ticks % UsageQuarter.Length.Ticks != 0)
            faults.Add($"{path}.{nameof(ReportingTimeZone)} is '{ReportingTimeZone}', {zone.BaseUtcOffset} from UTC; it must be a multiple of 15 minutes.");
        if (DetailRetention < TimeSpan.FromDays(1) || DetailRetention > TimeSpan.FromDays(366)) faults.Add($"{path}.{nameof(DetailRetention)} is {DetailRetention}; it must be from one day to 366 days.");
        foreach (var (model, price) in Prices)
            if (price is not { IsValid: true }) faults.Add($"{path}.{nameof(Prices)}['{model}'] is missing or has a price that is negative or above {TokenPrice.Maximum:N0}.");
        foreach (var twice in Prices.Keys.GroupBy(static m => m, StringComparer.OrdinalIgnoreCase).Where(static g => g.Count() > 1))
            faults.Add($"{path}.{nameof(Prices)} has '{twice.Key}' {twice.Count()} times, in different case.");
    }
}
