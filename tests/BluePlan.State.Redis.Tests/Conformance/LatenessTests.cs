using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LatenessTests
{
    private static readonly TimeSpan JustInTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TooLong = JustInTime + TimeSpan.FromMilliseconds(1);

    private readonly Clockwork _harness = new();

    [Test]
    public void IsLate_TestDoesNotGoByTicks_IsNever()
    {
        _harness.Begin();
        _harness.Stall(TimeSpan.FromHours(1));

        _harness.IsLate.Should().BeFalse();
    }

    [Test]
    public void IsLate_QuarterOfATick_IsTheLimit()
    {
        _harness.Begin();
        _harness.Ticks(2).Should().Be(TimeSpan.FromSeconds(8));

        _harness.Stall(JustInTime);
        _harness.IsLate.Should().BeFalse();

        _harness.Stall(TooLong - JustInTime);
        _harness.IsLate.Should().BeTrue();
    }

    [Test]
    public async Task IsLate_TimeThatTheTestLetsPass_DoesNotCount()
    {
        _harness.Begin();
        await _harness.AdvanceAsync(TimeSpan.FromMinutes(1));
        await _harness.AdvanceAsync(TimeSpan.FromMinutes(2));
        _harness.IsLate.Should().BeFalse();

        _harness.Stall(TooLong);

        _harness.IsLate.Should().BeTrue();
    }

    [Test]
    public void IsLate_TimeBeforeTheStoreIsThere_DoesNotCount()
    {
        _harness.Ticks(1).Should().Be(TimeSpan.FromSeconds(4));
        _harness.Stall(TimeSpan.FromHours(1));

        _harness.Begin();

        _harness.IsLate.Should().BeFalse();
    }

    [Test]
    public async Task IsLate_TimeStandsStill_IsNever()
    {
        _harness.StandsStill = true;
        _harness.Begin();
        await _harness.AdvanceAsync(TimeSpan.FromMinutes(1));
        _harness.Stall(TimeSpan.FromHours(1));

        _harness.IsLate.Should().BeFalse();
    }

    /// <summary>A clock that passes for a real one.</summary>
    private sealed class Clockwork : StateProviderHarness
    {
        private readonly FakeTimeProvider _time = new();

        public bool StandsStill { get; set; }

        public override TimeProvider Time => _time;

        public override TimeSpan Tick => TimeSpan.FromSeconds(4);

        public override bool TimeStandsStill => StandsStill;

        public override bool CanReopen => false;

        public void Stall(TimeSpan time) => _time.Advance(time);

        public override ValueTask<IStateProvider> CreateAsync() => throw new NotSupportedException();

        public override ValueTask<IStateProvider> ReopenAsync() => throw new NotSupportedException();

        public override ValueTask DisposeAsync() => default;

        protected override ValueTask PassAsync(TimeSpan by)
        {
            _time.Advance(by);
            return default;
        }
    }
}
