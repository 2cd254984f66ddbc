using System.Diagnostics;
using System.Net;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>
/// What the server's clock shows, near enough to date what is written and to tell when something that was just slid
/// expires, without asking for it: the time that the server told last, and what has passed since.
/// </summary>
/// <remarks>
/// What has passed is measured by a monotonic clock, so a step of this process's clock moves nothing. A step of
/// the server's is noticed by the look at the servers, once a second and after each reconnect.
/// </remarks>
/// <param name="connection">The connection.</param>
/// <param name="marker">The store's marker, whose node tells the time in a cluster.</param>
internal sealed class ServerClock(RedisConnection connection, RedisKey marker)
{
    // A first command waits for much that later ones do not; the answer is known to half of what it took.
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(2);
    private const int MostAsked = 3;

    // What is more than this off was set; less is the time that the look took.
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <summary>How old the server's answer may be before it is asked again, in the background.</summary>
    internal static readonly TimeSpan Freshness = TimeSpan.FromSeconds(30);

    private readonly ClockSetback _setback = new();
    private volatile Reading _last = new(TimeProvider.System.GetUtcNow(), Stopwatch.GetTimestamp());
    private int _isAsking;
    private int _isAskingAll;

    public DateTimeOffset Now
    {
        get
        {
            var (told, at) = _last;
            var passed = Stopwatch.GetElapsedTime(at);
            if (passed > Freshness && Interlocked.Exchange(ref _isAsking, 1) == 0) _ = RefreshAsync();
            return told + passed;
        }
    }

    /// <summary>Whether a server's clock was set back and has not yet caught up, so that what counts from now could shorten a life.</summary>
    public bool IsBehind => _setback.IsBehind;

    /// <summary>
    /// Takes what a look at the servers showed of their clocks. In a cluster the other nodes are asked for theirs in the
    /// background, so a node that hangs does not delay calls to the others.
    /// </summary>
    /// <param name="look">The look at the primary.</param>
    /// <returns>Whether <see cref="MeasureAsync"/> is due, since a clock was set.</returns>
    public bool Note(ServerLook look)
    {
        if (look.Server is { } server) _setback.Note([(server.EndPoint, look.Time)]);
        else if (Interlocked.Exchange(ref _isAskingAll, 1) == 0) _ = NoteAllAsync();
        return (look.Time - Now).Duration() > Step;
    }

    /// <summary>Asks the server, and again when the answer took long.</summary>
    public async Task MeasureAsync()
    {
        var best = await AskAsync().ConfigureAwait(false);
        for (var asked = 1; asked < MostAsked && best.Took > Quick; asked++)
            if (await AskAsync().ConfigureAwait(false) is var again && again.Took < best.Took) best = again;
        _last = best.Reading;
    }

    /// <summary>Takes the clocks of all primaries of a cluster that answer soon.</summary>
    private async Task NoteAllAsync()
    {
        try
        {
            var asked = connection.Primaries().Select(TryAskAsync).ToArray();
            await ((Task)Task.WhenAll(asked)).WaitAsync(Step, connection.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _setback.Note([.. asked.Where(static one => one.IsCompletedSuccessfully).Select(static one => one.Result).OfType<(EndPoint, DateTimeOffset)>()]);
        }
        finally
        {
            Volatile.Write(ref _isAskingAll, 0);
        }
    }

    private static async Task<(EndPoint Server, DateTimeOffset Time)?> TryAskAsync(IServer server)
    {
        try
        {
            return (server.EndPoint, new(await server.TimeAsync().ConfigureAwait(false)));
        }
        catch (Exception exception) when (RedisFaults.IsFault(exception) || exception is ObjectDisposedException)
        {
            // It is asked again by the next look.
            return null;
        }
    }

    private async Task<(Reading Reading, TimeSpan Took)> AskAsync()
    {
        var sent = Stopwatch.GetTimestamp();
        var told = connection.HasOnePrimary ? await AskPrimaryAsync().ConfigureAwait(false) : (await ServerLook.InClusterAsync(connection, marker).ConfigureAwait(false)).Time;
        var took = Stopwatch.GetElapsedTime(sent);
        return (new(told + took / 2, Stopwatch.GetTimestamp()), took);
    }

    // In a cluster a command without a key goes to any node, also to one that hangs.
    private async Task<DateTimeOffset> AskPrimaryAsync()
    {
        var reply = (RedisValue[])(await connection.Commands.ExecuteAsync("TIME").ConfigureAwait(false))!;
        return Read((long)reply[0], (long)reply[1]);
    }

    /// <summary>The instant that TIME tells.</summary>
    /// <param name="seconds">The whole seconds since 1970.</param>
    /// <param name="microseconds">The microseconds of the second that has begun.</param>
    public static DateTimeOffset Read(long seconds, long microseconds) =>
        new(DateTime.UnixEpoch.Ticks + seconds * TimeSpan.TicksPerSecond + microseconds * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);

    private async Task RefreshAsync()
    {
        try
        {
            await MeasureAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (RedisFaults.IsFault(exception) || exception is ObjectDisposedException)
        {
            // The last answer stands. It is asked for again with the next reconnect, and by the next call that wants the time.
        }
        finally
        {
            Volatile.Write(ref _isAsking, 0);
        }
    }

    /// <summary>What the server told, and when by the monotonic clock.</summary>
    private sealed record Reading(DateTimeOffset Told, long At);
}
