using System.Globalization;
using BluePlan.State.Storage;
using StackExchange.Redis;

namespace BluePlan.State.Redis.Tests;

/// <summary>A place for the harness, which is for the tests of clocks and not for all of the conformance suite.</summary>
public static class SteppedClock
{
    /// <summary>Stores on a server whose clock is set. Each kind of test has a server of its own, since it has one clock.</summary>
    /// <typeparam name="TFixture">What is tested.</typeparam>
    public sealed class Harness<TFixture> : RedisHarness
    {
        private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
        private static readonly TimeSpan Near = TimeSpan.FromSeconds(1);
        private static readonly Lazy<Task<(TestServer Server, string OffsetFile)>> Stepped = new(TestServers.SteppedAsync);
        private static readonly Lazy<Task<IConnectionMultiplexer>> Connection = new(static async () => await ConnectAsync((await Stepped.Value).Server.ConnectionString));

        private readonly OffsetClock _clock = new();
        private IStateProvider _provider = null!;

        public override TimeProvider Time => _clock;

        public override TimeSpan Tick => TimeSpan.FromMinutes(1);

        public override bool TimeStandsStill => false;

        public override bool CanStepClock => true;

        public override async ValueTask<IStateProvider> CreateAsync()
        {
            await SetAsync(TimeSpan.Zero);
            return _provider = await base.CreateAsync();
        }

        public override void StepClock(TimeSpan by) => Task.Run(() => PassAsync(by).AsTask()).GetAwaiter().GetResult();

        /// <summary>Sets the server's clock, and waits until the store has noticed.</summary>
        protected override async ValueTask PassAsync(TimeSpan by)
        {
            await SetAsync(_clock.Offset + by);
            await Poll.UntilAsync(async () => IsNow(await _provider.GetTimeAsync(default)), Limit, "the step is noticed");
        }

        protected override Task<IConnectionMultiplexer> HostConnectionAsync() => Connection.Value;

        private bool IsNow(DateTimeOffset time) => (time - _clock.GetUtcNow()).Duration() < Near;

        private async Task SetAsync(TimeSpan offset)
        {
            _clock.Offset = offset;
            await File.WriteAllTextAsync((await Stepped.Value).OffsetFile, string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:+0.###;-0.###;+0}\n"));
            var server = (await Connection.Value).GetServers()[0];
            // The library looks at the file once a second.
            await Poll.UntilAsync(async () => IsNow(await server.TimeAsync()), Limit, "the clock is set");
        }
    }

    private sealed class OffsetClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
    }
}
