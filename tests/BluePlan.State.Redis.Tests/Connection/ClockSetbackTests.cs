using System.Net;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ClockSetbackTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly EndPoint One = new IPEndPoint(IPAddress.Loopback, 1);
    private static readonly EndPoint Two = new IPEndPoint(IPAddress.Loopback, 2);

    private readonly ClockSetback _setback = new();

    [Test]
    public void IsBehind_ClockWasSetBack_UntilItHasCaughtUp()
    {
        Note(One, 0).Should().BeFalse();
        Note(One, 1).Should().BeFalse();
        Note(One, -7200).Should().BeTrue();
        Note(One, 0.9).Should().BeTrue();
        Note(One, 1).Should().BeFalse();
        Note(One, 60).Should().BeFalse();
    }

    [Test]
    public void IsBehind_ClockRunsSlowly_IsFalse()
    {
        for (var second = 0; second < 10; second++) Note(One, second * 0.1).Should().BeFalse();
    }

    [Test]
    public void IsBehind_ClockWasFurtherAhead_ForAsLongAsTouchesMustNotShorten()
    {
        var day = StateExpiry.ClockTolerance.TotalSeconds;
        Note(One, 1000 * day).Should().BeFalse();
        Note(One, 0).Should().BeTrue();
        Note(One, day - 1).Should().BeTrue();
        Note(One, day).Should().BeFalse();
    }

    [Test]
    public void IsBehind_FailoverToAServerWhoseClockIsBehind_UntilThatHasCaughtUp()
    {
        Note(One, 100);
        Note(Two, 40).Should().BeTrue();
        Note(Two, 99).Should().BeTrue();
        Note(Two, 100).Should().BeFalse();
        Note(One, 90).Should().BeTrue("it has not seen what the other one has");
        Note(One, 101).Should().BeFalse();
    }

    [Test]
    public void IsBehind_NodesOfAClusterDiffer_OnlyUntilEachHasReachedWhatAnyHasShown()
    {
        Note((One, 100), (Two, 90)).Should().BeFalse("nothing is known from before");
        Note((One, 101), (Two, 91)).Should().BeFalse();
        Note((One, 102), (Two, 50)).Should().BeTrue("one clock was set back");
        Note((One, 103), (Two, 92)).Should().BeFalse();
        Note((One, 104)).Should().BeFalse();
        Note((One, 105), (Two, 95)).Should().BeTrue("another server may have taken its address");
        Note((One, 200), (Two, 106)).Should().BeFalse();
    }

    [Test]
    public void IsBehind_NobodyAnswers_StaysAsItWas()
    {
        Note(One, 1);
        Note(One, 0).Should().BeTrue();
        Note().Should().BeTrue();
    }

    private bool Note(EndPoint server, double seconds) => Note((server, seconds));

    private bool Note(params (EndPoint Server, double Seconds)[] times)
    {
        _setback.Note([.. times.Select(static one => (one.Server, Start.AddSeconds(one.Seconds)))]);
        return _setback.IsBehind;
    }
}
