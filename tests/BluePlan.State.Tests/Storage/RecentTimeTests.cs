using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class RecentTimeTests
{
    [Test]
    public void IsWellBefore_Instants_IsTrueOnlyFarAhead()
    {
        var now = TimeProvider.System.GetUtcNow().UtcTicks;

        RecentTime.IsWellBefore(now + TimeSpan.TicksPerMinute).Should().BeTrue();
        RecentTime.IsWellBefore(DateTimeOffset.MaxValue.UtcTicks).Should().BeTrue();
        RecentTime.IsWellBefore(now + TimeSpan.TicksPerSecond / 2).Should().BeFalse("that is asked of the clock itself");
        RecentTime.IsWellBefore(now).Should().BeFalse();
        RecentTime.IsWellBefore(0).Should().BeFalse();
    }

    [Test]
    public void IsWellBefore_TimePasses_TurnsFalseInTime()
    {
        var instant = TimeProvider.System.GetUtcNow().UtcTicks + TimeSpan.FromSeconds(1.5).Ticks;

        SpinWait.SpinUntil(() => !RecentTime.IsWellBefore(instant), TimeSpan.FromSeconds(20)).Should().BeTrue("a reading does not stay good for long");
        TimeProvider.System.GetUtcNow().UtcTicks.Should().BeLessThan(instant, "it is noticed before the instant comes");
    }
}
