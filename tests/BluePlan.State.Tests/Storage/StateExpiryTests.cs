using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class StateExpiryTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Ms = TimeSpan.FromMilliseconds(1);

    [Test]
    public void Default_IsNever()
    {
        StateExpiry expiry = default;

        expiry.Should().Be(StateExpiry.Never);
        (expiry.Kind, expiry.Window, expiry.AbsoluteTimeout, expiry.Instant, expiry.Cap).Should().Be((StateExpiryKind.Never, TimeSpan.Zero, null, null, null));
        expiry.IsExpiredAt(DateTimeOffset.MaxValue).Should().BeFalse();
    }

    [Test]
    public void Kinds_Numbers_AreFrozen() =>
        Enum.GetValues<StateExpiryKind>().Select(static kind => $"{(int)kind} {kind}").Should().Equal("0 Never", "1 Keep", "2 At", "3 After", "4 Sliding");

    [Test]
    public void At_AnyInstant_IsFlooredToTheMillisecondInUtc()
    {
        StateExpiry.At(Now + Ms / 2).Instant.Should().Be(Now);
        StateExpiry.At(Now - TimeSpan.FromTicks(1)).Instant.Should().Be(Now - Ms);
        StateExpiry.At(new(2026, 3, 1, 20, 0, 0, TimeSpan.FromHours(8))).Should().Be(StateExpiry.At(Now));
        StateExpiry.At(new DateTimeOffset(2026, 3, 1, 20, 0, 0, TimeSpan.FromHours(8))).Instant!.Value.Offset.Should().Be(TimeSpan.Zero);
        StateExpiry.At(DateTimeOffset.MinValue).Instant.Should().Be(DateTimeOffset.MinValue);
        StateExpiry.At(DateTimeOffset.MaxValue).Instant.Should().Be(new DateTimeOffset(9999, 12, 31, 23, 59, 59, 999, TimeSpan.Zero));
        StateExpiry.At(Now).Kind.Should().Be(StateExpiryKind.At);
    }

    [Test]
    public void Lifetimes_Fractions_AreRoundedUp()
    {
        StateExpiry.After(TimeSpan.FromTicks(1)).Window.Should().Be(Ms);
        StateExpiry.After(Ms).Window.Should().Be(Ms);
        StateExpiry.After(Ms + TimeSpan.FromTicks(1)).Window.Should().Be(2 * Ms);
        StateExpiry.Sliding(TimeSpan.FromTicks(1), Ms + TimeSpan.FromTicks(1)).Should().Be(StateExpiry.Sliding(Ms, 2 * Ms));
        StateExpiry.After(StateExpiry.MaximumLifetime).Window.Should().Be(StateExpiry.MaximumLifetime);
    }

    [Test]
    public void Lifetimes_OutOfRange_AreRefused()
    {
        foreach (var bad in new[] { TimeSpan.Zero, -Ms, TimeSpan.MinValue, TimeSpan.MaxValue, StateExpiry.MaximumLifetime + TimeSpan.FromTicks(1) })
        {
            FluentActions.Invoking(() => StateExpiry.After(bad)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("lifetime");
            FluentActions.Invoking(() => StateExpiry.Sliding(bad)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("idle");
            FluentActions.Invoking(() => StateExpiry.Sliding(Hour, bad)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("absoluteTimeout");
            FluentActions.Invoking(() => StateExpiry.Resolved(bad, Now, null)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("idle");
        }
    }

    [Test]
    public void Resolve_After_BecomesAnInstant() => StateExpiry.After(Hour).Resolve(Now).Should().Be(StateExpiry.At(Now + Hour));

    [Test]
    public void Resolve_Sliding_HasWindowInstantAndCap()
    {
        StateExpiry.Sliding(Hour).Resolve(Now).Should().Be(StateExpiry.Resolved(Hour, Now + Hour, null));
        StateExpiry.Sliding(Hour, 5 * Hour).Resolve(Now).Should().Be(StateExpiry.Resolved(Hour, Now + Hour, Now + 5 * Hour));
        StateExpiry.Sliding(Hour, Hour / 2).Resolve(Now).Should().Be(StateExpiry.Resolved(Hour, Now + Hour / 2, Now + Hour / 2), "the shorter end wins");
        StateExpiry.Sliding(Hour, 5 * Hour).Resolve(Now).AbsoluteTimeout.Should().BeNull("the end is an instant now");
    }

    [Test]
    public void Resolve_NeverKeepAtAndResolved_StayAsTheyAre()
    {
        StateExpiry[] settled = [StateExpiry.Never, StateExpiry.Keep, StateExpiry.At(Now), StateExpiry.Resolved(Hour, Now, Now + Hour), StateExpiry.Resolved(Hour, Now, null)];

        settled.Select(static expiry => expiry.Resolve(Now + 9 * Hour)).Should().Equal(settled);
    }

    [Test]
    public void Resolve_NowWithinAMillisecond_IsFloored() => StateExpiry.After(Hour).Resolve(Now + Ms / 2).Instant.Should().Be(Now + Hour);

    [Test]
    public void Resolve_NearTheEndOfTime_StopsThere()
    {
        var end = StateExpiry.At(DateTimeOffset.MaxValue).Instant;

        StateExpiry.After(StateExpiry.MaximumLifetime).Resolve(DateTimeOffset.MaxValue - Hour).Instant.Should().Be(end);
        StateExpiry.Sliding(Hour, 2 * Hour).Resolve(DateTimeOffset.MaxValue - Ms).Should().Be(StateExpiry.Resolved(Hour, DateTimeOffset.MaxValue, DateTimeOffset.MaxValue));
    }

    [Test]
    public void Slide_Resolved_MovesUpToItsCap()
    {
        var capped = StateExpiry.Resolved(Hour, Now + Hour, Now + Hour + Ms);

        StateExpiry.Resolved(Hour, Now, null).Slide(Now + Hour).Should().Be(StateExpiry.Resolved(Hour, Now + 2 * Hour, null));
        capped.Slide(Now).Should().Be(capped);
        capped.Slide(Now + Ms).Instant.Should().Be(Now + Hour + Ms);
        capped.Slide(Now + 3 * Ms).Instant.Should().Be(Now + Hour + Ms, "it never passes its cap");
        capped.Slide(Now + 3 * Ms).Cap.Should().Be(capped.Cap);
        capped.Slide(Now - Hour).Should().Be(capped, "a clock that was set back takes nothing away");
    }

    [Test]
    public void Slide_ClockWasSetBack_DoesNotShortenTheLife([Values(1, 7_200_000, 86_400_000)] int milliseconds, [Values] bool asWindow, [Values] bool renewed)
    {
        var expiry = StateExpiry.Sliding(Hour).Resolve(Now);
        var back = Now - milliseconds * Ms;

        var slid = renewed ? expiry.Renew().Resolve(back) : asWindow ? expiry.Slide(StateExpiry.Sliding(Hour), back) : expiry.Slide(StateExpiry.Keep, back);

        slid.Should().Be(expiry);
        slid.Slide(Now + 2 * Ms).Instant.Should().Be(Now + Hour + 2 * Ms, "it goes on once the clock has come to where it was");
    }

    [Test]
    public void Slide_MadeUnderAClockThatWasFarAhead_IsSetRight([Values] bool renewed)
    {
        var expiry = StateExpiry.Sliding(Hour).Resolve(Now + TimeSpan.FromDays(1) + Ms);

        (renewed ? expiry.Renew().Resolve(Now) : expiry.Slide(Now)).Should().Be(StateExpiry.Resolved(Hour, Now + Hour, null));
    }

    [Test]
    public void Slide_MadeUnderAClockThatWasAhead_IsSetRightByTimeAndByAnExpiryOfItsOwn()
    {
        var expiry = StateExpiry.Sliding(Hour).Resolve(Now + 5 * Hour);

        expiry.Slide(Now).Instant.Should().Be(Now + 6 * Hour, "it may as well be now that the clock is wrong");
        expiry.Slide(Now).Slide(Now + 5.5 * Hour).Instant.Should().Be(Now + 6.5 * Hour);
        StateExpiry.Sliding(Hour).Resolve(Now).Instant.Should().Be(Now + Hour);
    }

    [Test]
    public void Slide_ByAnotherWindow_CountsFromNow()
    {
        var expiry = StateExpiry.Sliding(Hour).Resolve(Now);
        var capped = StateExpiry.Sliding(Hour, 2 * Hour).Resolve(Now);

        expiry.Slide(StateExpiry.Sliding(Ms), Now).Should().Be(StateExpiry.Resolved(Ms, Now + Ms, null));
        capped.Slide(StateExpiry.Sliding(Hour), Now - Hour).Should().Be(StateExpiry.Resolved(Hour, Now, null), "it had an end, and is another expiry by now");
        StateExpiry.Never.Slide(StateExpiry.Sliding(Hour), Now).Should().Be(StateExpiry.Resolved(Hour, Now + Hour, null));
    }

    [Test]
    public void Slide_OtherKinds_DoNotMove()
    {
        StateExpiry[] still = [StateExpiry.Never, StateExpiry.Keep, StateExpiry.At(Now), StateExpiry.After(Hour)];

        still.Select(static expiry => expiry.Slide(Now)).Should().Equal(still);
    }

    [Test]
    public void Renew_Sliding_IsCountedAnewUnderItsOldCap()
    {
        var resolved = StateExpiry.Sliding(Hour, 3 * Hour).Resolve(Now);

        resolved.Renew().Instant.Should().BeNull();
        resolved.Renew().Resolve(Now + Hour).Should().Be(StateExpiry.Resolved(Hour, Now + 2 * Hour, Now + 3 * Hour));
        resolved.Renew().Resolve(Now + 2.5 * Hour).Instant.Should().Be(Now + 3 * Hour);
        StateExpiry.Sliding(Hour, 3 * Hour).Renew().Should().Be(StateExpiry.Sliding(Hour, 3 * Hour));
        StateExpiry.At(Now).Renew().Should().Be(StateExpiry.At(Now));
        StateExpiry.Never.Renew().Should().Be(StateExpiry.Never);
    }

    [Test]
    public void IsExpiredAt_TheInstantItself_IsExpired()
    {
        StateExpiry.At(Now).IsExpiredAt(Now - TimeSpan.FromTicks(1)).Should().BeFalse();
        StateExpiry.At(Now).IsExpiredAt(Now).Should().BeTrue();
        StateExpiry.At(DateTimeOffset.MinValue).IsExpiredAt(DateTimeOffset.MinValue).Should().BeTrue();
        StateExpiry.Sliding(Hour).Resolve(Now).IsExpiredAt(Now + Hour - TimeSpan.FromTicks(1)).Should().BeFalse();
        StateExpiry.Sliding(Hour).Resolve(Now).IsExpiredAt(Now + Hour).Should().BeTrue();
        StateExpiry.After(Hour).IsExpiredAt(DateTimeOffset.MaxValue).Should().BeFalse("it is not resolved yet");
    }

    [Test]
    public void Resolved_KeptParts_GiveTheSameExpiryBack()
    {
        foreach (var expiry in new[] { StateExpiry.Sliding(Ms), StateExpiry.Sliding(Hour, 2 * Hour), StateExpiry.Sliding(StateExpiry.MaximumLifetime, StateExpiry.MaximumLifetime) })
        {
            var resolved = expiry.Resolve(Now);

            StateExpiry.Resolved(resolved.Window, resolved.Instant!.Value, resolved.Cap).Should().Be(resolved);
        }
        StateExpiry.Resolved(Hour, Now, DateTimeOffset.MinValue).Cap.Should().Be(DateTimeOffset.MinValue, "the earliest cap is not taken for none");
    }

    [Test]
    public void IsPast_SystemClock_SaysWhatTheExactTimeSays()
    {
        var random = new Random(1);
        for (var i = 0; i < 100_000; i++)
        {
            var expiry = StateExpiry.At(TimeProvider.System.GetUtcNow().AddMilliseconds(random.Next(-2_000, 2_000)));
            var before = expiry.IsExpiredAt(TimeProvider.System.GetUtcNow());
            var said = StateExpiry.IsPast(expiry.PackedInstant, TimeProvider.System);
            var after = expiry.IsExpiredAt(TimeProvider.System.GetUtcNow());
            if (said != before && said != after) Assert.Fail($"{expiry} was taken for {(said ? "expired" : "alive")}.");
        }
        StateExpiry.IsPast(StateExpiry.Never.PackedInstant, TimeProvider.System).Should().BeFalse();
    }

    [Test]
    public void IsPast_AnotherClock_GoesByThatOne()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(1));
        StateExpiry.IsPast(StateExpiry.At(TimeProvider.System.GetUtcNow().AddHours(1)).PackedInstant, time).Should().BeTrue();
    }
}
