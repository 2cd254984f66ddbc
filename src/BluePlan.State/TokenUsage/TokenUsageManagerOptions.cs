namespace BluePlan.State;

/// <summary>Settings of <see cref="ITokenUsageManager"/>.</summary>
public sealed class TokenUsageManagerOptions
{
    /// <summary>
    /// The time zone whose days and months are summed, ranked and counted, as an IANA or Windows id; <c>UTC</c> by default. Fixed for a tenant with its first record: from then on another one
    /// is refused with <see cref="StateOpenException"/>, at the app's start only where the usage of the default tenant is concerned. Its offsets must be multiples of 15 minutes, as all of today's are.
    /// </summary>
    public string ReportingTimeZone { get; set; } = "UTC";

    /// <summary>How long single records are kept, and with them their request ids: from one day to 366 days; 30 days by default.</summary>
    public TimeSpan DetailRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// Prices of models, whatever the case, from 0 to 1,000,000,000 each. A change prices what is recorded from then on. A request without a price is counted as unpriced, see <see cref="TokenTotals.UnpricedRequests"/>.
    /// </summary>
    /// <remarks>
    /// <para>A name also prices the versions of its model: <c>gpt-4o</c> prices <c>gpt-4o-2024-08-06</c> and <c>gpt-4o-latest</c> unless these have a price of their own, but not <c>gpt-4o-mini</c>. A version is a date
    /// (<c>-2024-08-06</c>, <c>-20241022</c>, <c>@20240620</c>, <c>-0613</c>, <c>-05-20</c>), a release (<c>-001</c>, <c>-v1</c>), a revision (<c>:0</c>), or <c>latest</c>.</para>
    /// <para>It also prices the model named with its maker, the maker's cloud or a region, unless that name has a price of its own: <c>openai/gpt-4o</c>, <c>us.anthropic.claude-sonnet-4-20250514-v1:0</c>.</para>
    /// <para>A name that ends with <c>*</c> prices every model that begins so, and <c>*</c> alone, or an empty name, all others.</para>
    /// <para>A cost is the exact sum of tokens times price, rounded once to 10⁻⁹ of the currency, halves away from zero.</para>
    /// </remarks>
    /// <example>
    /// <code>
    /// options.Prices["gpt-4o"] = new() { Input = 2.5m, CachedInput = 1.25m, Output = 10 };
    /// options.Prices["gpt-4o batch"] = new() { Model = "gpt-4o", ServiceTier = "batch", Input = 1.25m, Output = 5 };
    /// options.Prices["gemini-2.5-pro"] = new() { Input = 1.25m, Output = 10 };
    /// options.Prices["gemini-2.5-pro long"] = new() { Model = "gemini-2.5-pro", AboveInputTokens = 200_000, Input = 2.5m, Output = 15 };
    /// </code>
    /// </example>
    public IDictionary<string, TokenPrice> Prices { get; } = new Dictionary<string, TokenPrice>(StringComparer.Ordinal);

    internal void Validate(string path, ICollection<string> faults)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(ReportingTimeZone ?? "", out var zone))
            faults.Add($"{path}.{nameof(ReportingTimeZone)} is '{ReportingTimeZone}', which this machine does not know. Use an IANA id such as Asia/Shanghai, and see that the machine has time zone data.");
        else if (zone.BaseUtcOffset.Ticks % UsageQuarter.Length.Ticks != 0)
            faults.Add($"{path}.{nameof(ReportingTimeZone)} is '{ReportingTimeZone}', {zone.BaseUtcOffset} from UTC; it must be a multiple of 15 minutes.");
        if (DetailRetention < TimeSpan.FromDays(1) || DetailRetention > TimeSpan.FromDays(366)) faults.Add($"{path}.{nameof(DetailRetention)} is {DetailRetention}; it must be from one day to 366 days.");
        foreach (var (name, price) in Prices)
            if (price is not { IsValid: true }) faults.Add($"{path}.{nameof(Prices)}['{name}'] is missing or has a number that is negative, or a price above {TokenPrice.Maximum:N0}.");
        foreach (var twice in Prices.Where(static p => p.Value is not null).GroupBy(static p => RuleOf(p.Key, p.Value)).Where(static g => g.Count() > 1))
            faults.Add($"{path}.{nameof(Prices)} has {twice.Count()} prices for '{PriceTable.NameOf(twice.First().Key, twice.First().Value)}' of the same service tier, threshold and day: {string.Join(", ", twice.Select(static p => $"'{p.Key}'"))}.");
    }

    private static (string Model, string Tier, long Above, DateOnly? From) RuleOf(string name, TokenPrice price) =>
        (PriceTable.NameOf(name, price).ToUpperInvariant(), ServiceTiers.Normalize(price.ServiceTier).ToUpperInvariant(), price.AboveInputTokens, price.From);
}
