namespace BluePlan.State;

/// <summary>Token accounting: what each request to a model used is counted once, exactly, and summed by user, session, model, day and month. Thread-safe, also among many machines on one store.</summary>
/// <remarks>
/// <para><b>Days.</b> Totals, rankings and distinct counts are kept by days of the store's reporting time zone (<see cref="TokenUsageManagerOptions.ReportingTimeZone"/>). Totals and series of any other
/// zone are put together from quarter-hours, exactly or not at all.</para>
/// <para><b>How long.</b> Single records: <see cref="TokenUsageManagerOptions.DetailRetention"/>, 30 days by default. Quarter-hours: the last 32 days. Days, with rankings and distinct
/// counts: the last 400 days. Months: ten years, as long as <see cref="CleanupAsync"/> runs once in two months or more often. A session's totals: 400 days after its last record. What is no longer kept is refused with
/// <see cref="ArgumentOutOfRangeException"/>, not answered in part.</para>
/// <para><b>How much.</b> A record's counts and cost stay within 2^53 − 1, for costs 9,007,199 of the host's currency; sums within 2^63 − 1. In rankings a user's tokens of a day count up to 2^53 − 1.</para>
/// <para><b>When.</b> A record costs one short commit. Sums are made of many records at once: by one recorder in some hundreds, and before every answer about sums, so that it holds all that was recorded before. If the store
/// refuses to be written to, the answer is added up from the sums and the records that wait.</para>
/// <para>Every call also throws <see cref="StateOpenException"/> when the tenant's usage was begun with another reporting time zone, <see cref="StateUnavailableException"/>,
/// <see cref="StateCorruptionException"/> and <see cref="OperationCanceledException"/>.</para>
/// </remarks>
public interface ITokenUsageManager
{
    /// <summary>Counts a request in one round trip: from then on it is listed and in every sum that it belongs to. When the call fails, in all of these or in none.</summary>
    /// <remarks>
    /// The same request id of the same user is counted once as long as its record is kept, so repeating a call that failed is always right. A repeated call has the same content when all that it says is
    /// the same; <see cref="TokenUsage.At"/> and <see cref="TokenUsage.CostNanos"/> are compared only when it says them.
    /// </remarks>
    /// <param name="usage">What was used.</param>
    /// <param name="cancellationToken">Cancels; the request may have been counted then.</param>
    /// <returns>True when it was counted now; false when it was counted already.</returns>
    /// <exception cref="ArgumentException">The record breaks a rule of <see cref="TokenUsage"/>; the message has the numbers.</exception>
    /// <exception cref="StateConflictException">The request id is counted already, with other content.</exception>
    /// <exception cref="OverflowException">The cost that the prices say would pass 2^53 − 1. Nothing was recorded.</exception>
    Task<bool> RecordAsync(TokenUsage usage, CancellationToken cancellationToken = default);

    /// <summary>What was used in a range, whole and by model; zero when nothing was.</summary>
    /// <param name="scope">A user, or everyone.</param>
    /// <param name="range">Which days. In a zone other than the reporting one, its first and last day must lie within the last 32 days, unless they begin and end with days of the reporting zone.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is no longer kept in the detail that it needs.</exception>
    /// <exception cref="ArgumentException">The zone's offset is not a multiple of 15 minutes.</exception>
    Task<UsageTotals> GetTotalsAsync(UsageScope scope, UsageRange range, CancellationToken cancellationToken = default);

    /// <summary>What a session used since it began; zero when nothing was recorded for it in the last 400 days.</summary>
    /// <param name="userId">The session's user.</param>
    /// <param name="sessionId">The id that the records were given, not the handle.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">An id is null, empty, longer than 384 bytes in UTF-8, or not well-formed.</exception>
    Task<UsageTotals> GetSessionTotalsAsync(string userId, string sessionId, CancellationToken cancellationToken = default);

    /// <summary>A range in steps, without gaps, oldest first. The points add up to <see cref="GetTotalsAsync"/> of the same range.</summary>
    /// <param name="scope">A user, or everyone.</param>
    /// <param name="range">Which days.</param>
    /// <param name="interval">How long a point is. Quarter-hours and hours are kept for the last 32 days, and so are the days and months of another zone than the reporting one.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is no longer kept in the detail that it needs, or the interval is unknown.</exception>
    /// <exception cref="ArgumentException">The zone's offset is not a multiple of 15 minutes.</exception>
    Task<IReadOnlyList<UsagePoint>> GetSeriesAsync(UsageScope scope, UsageRange range, UsageInterval interval, CancellationToken cancellationToken = default);

    /// <summary>The users with the most tokens, input and output of all models together, most first. Exact over the whole range. Among equals the greater user id comes first, by the bytes of its UTF-8.</summary>
    /// <param name="range">Days of the reporting time zone, within the last 400.</param>
    /// <param name="top">How many users: 1 to 1,000.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="top"/> is out of range, or the days are no longer kept.</exception>
    /// <exception cref="ArgumentException">The range has another time zone.</exception>
    Task<IReadOnlyList<UserUsage>> GetRankingAsync(UsageRange range, int top = 10, CancellationToken cancellationToken = default);

    /// <summary>How many distinct users the range has, exactly: one who comes on several days is one.</summary>
    /// <param name="range">Days of the reporting time zone, within the last 400.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentOutOfRangeException">The days are no longer kept.</exception>
    /// <exception cref="ArgumentException">The range has another time zone.</exception>
    Task<long> CountUsersAsync(UsageRange range, CancellationToken cancellationToken = default);

    /// <summary>How many distinct sessions the range has, exactly. The same session id of two users is two sessions; records without one have none.</summary>
    /// <param name="scope">A user, or everyone.</param>
    /// <param name="range">Days of the reporting time zone, within the last 400.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentOutOfRangeException">The days are no longer kept.</exception>
    /// <exception cref="ArgumentException">The range has another time zone.</exception>
    Task<long> CountSessionsAsync(UsageScope scope, UsageRange range, CancellationToken cancellationToken = default);

    /// <summary>Everyone's usage at a glance.</summary>
    Task<UsageDashboard> GetDashboardAsync(CancellationToken cancellationToken = default);

    /// <summary>A user's single records of the last <see cref="TokenUsageManagerOptions.DetailRetention"/>, newest first by <see cref="TokenUsage.At"/>, those of the same millisecond by <see cref="TokenUsage.RequestId"/>.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="pageSize">How many at most: 1 to 1,000.</param>
    /// <param name="after">The <see cref="StatePage{T}.Next"/> of the page before; null = the first page.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">The user id is null, empty, too long or not well-formed, the page size is out of range, or <paramref name="after"/> is not what a page gave.</exception>
    Task<StatePage<TokenUsageRecord>> ListAsync(string userId, int pageSize = 50, string? after = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes quarter-hours older than the last 32 days and puts the sums of months by before their days expire: for the default tenant those of all tenants, for any other its own. Everything else expires by itself.
    /// Harmless at any time, on several machines at once, and when it is cut off: what is left is done by the next one.
    /// </summary>
    /// <returns>What was done; two machines at once may both count a month.</returns>
    Task<UsageCleanup> CleanupAsync(CancellationToken cancellationToken = default);
}
