namespace BluePlan.State;

/// <summary>
/// When something expires. <c>default</c> is <see cref="Never"/>. From the instant of its expiry on a key is absent for every operation.
/// </summary>
/// <remarks>
/// <para>Times are whole milliseconds: lifetimes are rounded up, instants down. A lifetime is counted from the beginning of the millisecond of the write.</para>
/// <para>
/// Hosts say <see cref="After"/> or <see cref="Sliding"/>; the provider turns that into an instant, once, with <see cref="Resolve"/>, by its own
/// clock (files and memory: the <see cref="TimeProvider"/>; Redis: the server). What reads and exports show is resolved: it has an
/// <see cref="Instant"/>, unless it never expires. All arithmetic of expiry is in this type, so providers cannot disagree.
/// </para>
/// <para>
/// A slide never shortens the life of something because the clock was set back, by up to <see cref="ClockTolerance"/>: it was used just now, and must be there when the clock is right again. An expiry that lies further
/// ahead than that was made under a clock that was wrong; the next slide sets it right. One that lies less far ahead is slid again once the clock has come to where it was made, and whatever is written with an expiry of its
/// own counts from the clock as it is.
/// </para>
/// </remarks>
public readonly record struct StateExpiry
{
    /// <summary>The longest lifetime that <see cref="After"/> and <see cref="Sliding"/> take: 36,500 days, about a century.</summary>
    public static readonly TimeSpan MaximumLifetime = TimeSpan.FromDays(36_500);

    /// <summary>By how much a clock may have been set back for slides not to follow it: one day, more than time zones and summer time differ by.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromDays(1);

    // Every stored document and every read carries one of these, so it is kept small: whole milliseconds, and 0 for "none".
    private readonly long _window;
    private readonly long _instant; // since year 1, plus 1; the negative of what it was before Renew
    private readonly long _end;     // a cap like an instant, or the negative of AbsoluteTimeout: never both

    /// <summary>How it expires.</summary>
    public StateExpiryKind Kind { get; private init; }

    /// <summary>The lifetime of <see cref="After"/>, the idle time of <see cref="Sliding"/>, else zero.</summary>
    public TimeSpan Window { get => new(_window * TimeSpan.TicksPerMillisecond); private init => _window = value.Ticks / TimeSpan.TicksPerMillisecond; }

    /// <summary>The longest life of <see cref="Sliding"/>, counted from the write; null = it may slide for ever.</summary>
    public TimeSpan? AbsoluteTimeout { get => _end < 0 ? new(-_end * TimeSpan.TicksPerMillisecond) : null; private init => _end = -(value?.Ticks ?? 0) / TimeSpan.TicksPerMillisecond; }

    /// <summary>When it expires; null = never, or not resolved yet.</summary>
    public DateTimeOffset? Instant { get => Unpack(_instant); private init => _instant = Pack(value); }

    /// <summary>The end that no touch moves, once resolved; null = none.</summary>
    public DateTimeOffset? Cap { get => _end > 0 ? Unpack(_end) : null; private init => _end = Pack(value); }

    /// <summary>It stays until it is deleted.</summary>
    public static StateExpiry Never => default;

    /// <summary>What the key has now stays as it is; never, when the key is new.</summary>
    public static StateExpiry Keep => new() { Kind = StateExpiryKind.Keep };

    /// <summary>It expires at an instant. One in the past is allowed: what is written is expired at once.</summary>
    public static StateExpiry At(DateTimeOffset instant) => new() { Kind = StateExpiryKind.At, Instant = Floor(instant) };

    /// <summary>It expires this long after the write.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero, negative, or longer than <see cref="MaximumLifetime"/>.</exception>
    public static StateExpiry After(TimeSpan lifetime) => new() { Kind = StateExpiryKind.After, Window = Checked(lifetime, nameof(lifetime)) };

    /// <summary>It expires this long after the last write or touch, and at the latest <paramref name="absoluteTimeout"/> after the write.</summary>
    /// <param name="idle">How long it lives untouched.</param>
    /// <param name="absoluteTimeout">How long it lives however often it is touched; null = without end. One shorter than <paramref name="idle"/> wins.</param>
    /// <exception cref="ArgumentOutOfRangeException">Zero, negative, or longer than <see cref="MaximumLifetime"/>.</exception>
    public static StateExpiry Sliding(TimeSpan idle, TimeSpan? absoluteTimeout = null) => new()
    {
        Kind = StateExpiryKind.Sliding,
        Window = Checked(idle, nameof(idle)),
        AbsoluteTimeout = absoluteTimeout is { } most ? Checked(most, nameof(absoluteTimeout)) : null,
    };

    /// <summary>Rebuilds a resolved sliding expiry from what a provider kept.</summary>
    /// <param name="idle">The idle time.</param>
    /// <param name="instant">When it expires as things stand.</param>
    /// <param name="cap">The end that no touch moves; null = none.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="idle"/> is zero, negative, or longer than <see cref="MaximumLifetime"/>.</exception>
    public static StateExpiry Resolved(TimeSpan idle, DateTimeOffset instant, DateTimeOffset? cap) => new()
    {
        Kind = StateExpiryKind.Sliding,
        Window = Checked(idle, nameof(idle)),
        Instant = Floor(instant),
        Cap = cap is { } end ? Floor(end) : null,
    };

    /// <summary>For providers: makes it absolute at the moment of the write. What is resolved already, and <see cref="Keep"/>, come back as they are.</summary>
    public StateExpiry Resolve(DateTimeOffset now) => Kind switch
    {
        StateExpiryKind.After => At(Add(now, Window)),
        StateExpiryKind.Sliding when Instant is null => (AbsoluteTimeout is { } most ? this with { Cap = Add(now, most) } : this).Slide(now),
        _ => this,
    };

    /// <summary>
    /// For providers: what a touch with <see cref="Keep"/> makes of a resolved expiry. Only <see cref="Sliding"/> moves; it never passes its <see cref="Cap"/>, and does not go back with a clock that was set back by up to
    /// <see cref="ClockTolerance"/>.
    /// </summary>
    public StateExpiry Slide(DateTimeOffset now)
    {
        if (Kind is not StateExpiryKind.Sliding) return this;
        var instant = Later(Add(now, Window));
        return this with { Instant = Cap < instant ? Cap : instant };
    }

    /// <summary>
    /// For providers: what a touch makes of a resolved expiry. <see cref="Keep"/> is <see cref="Slide(DateTimeOffset)"/>. <see cref="Sliding"/> takes its place, counted from now; if it only repeats the window, it does not go back with
    /// the clock either.
    /// </summary>
    /// <param name="touch">The touch: <see cref="Keep"/>, or <see cref="Sliding"/> without an end.</param>
    /// <param name="now">The provider's time.</param>
    public StateExpiry Slide(StateExpiry touch, DateTimeOffset now)
    {
        if (touch.Kind is StateExpiryKind.Keep) return Slide(now);
        var repeats = Kind is StateExpiryKind.Sliding && _window == touch._window && _end == 0;
        return repeats ? Slide(now) : (touch with { PackedInstant = 0 }).Slide(now);
    }

    /// <summary>The same sliding expiry, to be counted anew from the next write, its <see cref="Cap"/> staying where it was; every other kind unchanged.</summary>
    public StateExpiry Renew() => Kind is StateExpiryKind.Sliding ? this with { PackedInstant = -Math.Abs(_instant) } : this;

    /// <summary>Whether it has expired; false while it is not resolved.</summary>
    public bool IsExpiredAt(DateTimeOffset now) => IsPast(_instant, now);

    /// <summary>What tells when it expires, as one number that another one can take the place of with <see cref="MovedTo"/>; 0 = it does not say when.</summary>
    internal long PackedInstant { get => _instant; private init => _instant = value; }

    /// <summary>The same, but for when it expires.</summary>
    internal StateExpiry MovedTo(long packedInstant) => this with { PackedInstant = packedInstant };

    /// <summary>Whether a <see cref="PackedInstant"/> has come.</summary>
    internal static bool IsPast(long packedInstant, DateTimeOffset now) => packedInstant > 0 && (packedInstant - 1) * TimeSpan.TicksPerMillisecond <= now.UtcTicks;

    /// <summary>Whether a <see cref="PackedInstant"/> has come by a clock, which is asked only when that matters.</summary>
    internal static bool IsPast(long packedInstant, TimeProvider time) =>
        packedInstant > 0 && !(ReferenceEquals(time, TimeProvider.System) && RecentTime.IsWellBefore((packedInstant - 1) * TimeSpan.TicksPerMillisecond)) && IsPast(packedInstant, time.GetUtcNow());

    /// <summary>The instant that it had, or has, if that is later because the clock was set back.</summary>
    private DateTimeOffset Later(DateTimeOffset instant) => Unpack(Math.Abs(_instant)) is { } before && before > instant && before - instant <= ClockTolerance ? before : instant;

    private static DateTimeOffset Add(DateTimeOffset now, TimeSpan time)
    {
        now = Floor(now);
        return DateTimeOffset.MaxValue - now > time ? now + time : Floor(DateTimeOffset.MaxValue);
    }

    private static long Pack(DateTimeOffset? instant) => instant is { } value ? value.UtcTicks / TimeSpan.TicksPerMillisecond + 1 : 0;

    private static DateTimeOffset? Unpack(long packed) => packed > 0 ? new((packed - 1) * TimeSpan.TicksPerMillisecond, TimeSpan.Zero) : null;

    private static DateTimeOffset Floor(DateTimeOffset instant) => new(instant.UtcTicks - instant.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);

    private static TimeSpan Checked(TimeSpan time, string name) =>
        time > TimeSpan.Zero && time <= MaximumLifetime ? new((time.Ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond)
        : throw new ArgumentOutOfRangeException(name, time, $"It must be longer than zero and at most {MaximumLifetime.TotalDays:N0} days; for something that stays use StateExpiry.Never.");
}
