using System.Buffers.Binary;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>An expiry as commands and scripts take it: how the server is to set the TTL, and what a document's header says.</summary>
/// <param name="Mode">N = never, X = so many milliseconds from now, A = an instant, C = an end to be counted by the server, K = what is there stays.</param>
/// <param name="Lifetime">What belongs to the mode: milliseconds, an instant in Unix milliseconds, or idle time, longest life and end as doubles.</param>
/// <param name="Kind">The first byte of the header.</param>
/// <param name="Window">Its idle time, in milliseconds.</param>
/// <param name="End">Its instant or cap, in Unix milliseconds.</param>
internal readonly record struct ExpiryPlan(char Mode, RedisValue Lifetime, byte Kind, long Window = 0, long End = 0)
{
    public static ExpiryPlan Of(StateExpiry expiry) => expiry.Kind switch
    {
        StateExpiryKind.Never => new('N', "", DocumentHeader.Never),
        StateExpiryKind.Keep => new('K', "", DocumentHeader.Never),
        StateExpiryKind.At => At(expiry.Instant!.Value),
        StateExpiryKind.After => new('X', Milliseconds(expiry.Window), DocumentHeader.After),
        _ => Sliding(expiry),
    };

    /// <summary>
    /// The plan of an expiry that a commit writes. While the server's clock is behind, a renewed sliding expiry stays
    /// where it was: counted from that clock it would come sooner.
    /// </summary>
    /// <param name="expiry">The expiry.</param>
    /// <param name="behind">The server's time while its clock is behind; otherwise, <c>null</c>.</param>
    public static ExpiryPlan Of(StateExpiry expiry, DateTimeOffset? behind) =>
        behind is { } now && expiry is { Kind: StateExpiryKind.Sliding, Instant: null } && expiry.Resolve(now) is var kept && kept.Instant > now + expiry.Window ? Of(kept) : Of(expiry);

    /// <summary>Redis takes no instant before 1970, and one millisecond after is as long ago.</summary>
    public static long Milliseconds(DateTimeOffset instant) => Math.Max(instant.ToUnixTimeMilliseconds(), 1);

    public static long Milliseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMillisecond;

    private static ExpiryPlan At(DateTimeOffset instant) => new('A', Milliseconds(instant), DocumentHeader.At, 0, Milliseconds(instant));

    private static ExpiryPlan Sliding(StateExpiry expiry)
    {
        var window = Milliseconds(expiry.Window);
        var end = expiry.Cap is { } cap ? Milliseconds(cap) : 0;
        if (expiry.Instant is { } instant) return new('A', Milliseconds(instant), end == 0 ? DocumentHeader.Sliding : DocumentHeader.Capped, window, end);
        if (end == 0 && expiry.AbsoluteTimeout is null) return new('X', window, DocumentHeader.Sliding, window);
        var plan = new byte[24];
        BinaryPrimitives.WriteDoubleLittleEndian(plan, window);
        BinaryPrimitives.WriteDoubleLittleEndian(plan.AsSpan(8), end == 0 ? Milliseconds(expiry.AbsoluteTimeout!.Value) : 0);
        BinaryPrimitives.WriteDoubleLittleEndian(plan.AsSpan(16), end);
        return new('C', plan, DocumentHeader.Capped, window, end);
    }
}
