using System.Diagnostics;
using System.Security.Cryptography;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>
/// One update: its turn among those of this process, and how often others were first. Dispose it to give the turn to
/// the next.
/// </summary>
/// <remarks>
/// <code>
/// using var update = await scope.Updates.BeginAsync(key, cancellationToken);
/// do
/// {
///     // read, change, commit; return when it is committed
/// }
/// while (await update.TryAgainAsync(cancellationToken));
/// throw update.Contended(…);
/// </code>
/// </remarks>
internal sealed class OptimisticUpdate(UpdateQueue? queue, StateKey key, TimeSpan limit) : IDisposable
{
    private const int LongestPauseDoublings = 6; // 64 ms

    private static readonly AsyncLocal<OptimisticUpdate?> Flow = new();

    private ReliefSource<bool>? _turn;
    private long _firstLoss;
    private volatile bool _ended;

    /// <summary>
    /// Whether this code was called by an update that has not ended: by the app's function, on this thread or another,
    /// or by a decorator of the provider.
    /// </summary>
    public static bool IsInside => Flow.Value is { _ended: false };

    public StateKey Key => key;

    /// <summary>How often another writer was first.</summary>
    public int Losses { get; private set; }

    /// <summary>Completes when it is the turn of this update, which stood in line.</summary>
    public Task Turn => _turn!.Task;

    /// <summary>Owned by the queue: where this update stands in line; null when it does not.</summary>
    public LinkedListNode<OptimisticUpdate>? Place { get; set; }

    /// <summary>Owned by the queue: those behind the one whose turn it is; null when there never was one.</summary>
    public LinkedList<OptimisticUpdate>? Line { get; set; }

    /// <summary>Owned by the queue: when the turn began.</summary>
    public long Since { get; set; }

    /// <summary>For the queue, before the update is in line.</summary>
    public void PrepareToWait() => _turn = new();

    /// <summary>For the queue: it is this update's turn.</summary>
    public void TakeTurn() => _turn!.Succeed(true);

    /// <summary>
    /// Lets what this flow of calls updates until the end of this update take no turn. A call of its own that is not
    /// asynchronous, so that the caller's flow keeps it.
    /// </summary>
    public void BeginFlow() => Flow.Value = this;

    /// <summary>
    /// Another writer was first. Waits, the longer the more often and at random, so that writers of different processes
    /// spread out.
    /// </summary>
    /// <returns><c>true</c> if the update is to be tried again; <c>false</c> if it has been tried for too long.</returns>
    public ValueTask<bool> TryAgainAsync(CancellationToken cancellationToken)
    {
        Losses++;
        if (Losses > 1) return Stopwatch.GetElapsedTime(_firstLoss) < limit ? PauseAsync(cancellationToken) : new(false);
        // Once, most often, and then the other one is done.
        _firstLoss = Stopwatch.GetTimestamp();
        return new(true);
    }

    /// <summary>Creates what a caller throws when the update has been tried for too long.</summary>
    /// <param name="what">What was to be updated: its area and kind, nothing of its content.</param>
    /// <param name="subject">See <see cref="StateException.Key"/>.</param>
    /// <param name="expected">See <see cref="StateConflictException.Expected"/>.</param>
    /// <param name="actual">See <see cref="StateConflictException.Actual"/>.</param>
    public StateConflictException Contended(string what, string subject, StateETag expected = default, StateETag actual = default) =>
        new($"Other writers changed {what} {Losses} times within {Stopwatch.GetElapsedTime(_firstLoss).TotalSeconds:0.#} seconds while this call tried to. Nothing was written. Try again later, or raise {nameof(BluePlanStateOptions)}.{nameof(BluePlanStateOptions.UpdateTimeout)}.",
            subject, expected.IsEmpty ? null : expected.ToString(), actual.IsEmpty ? null : actual.ToString());

    public void Dispose()
    {
        if (_ended) return;
        _ended = true;
        queue?.Exit(this);
    }

    private async ValueTask<bool> PauseAsync(CancellationToken cancellationToken)
    {
        var longest = 1 << Math.Min(Losses - 2, LongestPauseDoublings);
        await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(longest) + 1), TimeProvider.System, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
