using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>The expiry that reads move: what of it a crash takes back, and that an orderly end takes back nothing.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SlidingTests
{
    private static readonly StateExpiry Hour = StateExpiry.Sliding(TimeSpan.FromHours(1));

    private readonly FakeTimeProvider _time = new(SimulatedStore.Start);
    private readonly SimulatedDisk _disk = new(new(1));

    [TestCase(1, 16), TestCase(3_600, 56_250), TestCase(864_000, 60_000)]
    public async Task Crash_AfterSlides_TakesBackLessThanAShareOfTheWindow(int windowSeconds, int mostMilliseconds)
    {
        var random = new Random(windowSeconds);
        var window = StateExpiry.Sliding(TimeSpan.FromSeconds(windowSeconds));
        await using var provider = await OpenAsync(_disk);
        await PutAsync(provider, "a", window);
        var tookBack = 0;
        for (var step = 0; step < 200; step++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(random.Next(mostMilliseconds / 4)));
            var slid = await TouchAsync(provider, "a");
            var known = await InstantAfterCrashAsync(provider);
            (slid - known).Should().BeGreaterThanOrEqualTo(TimeSpan.Zero).And.BeLessThan(TimeSpan.FromMilliseconds(mostMilliseconds));
            if (slid > known) tookBack++;
        }
        tookBack.Should().BeGreaterThan(100, "a slide that moves it little is not worth writing");
    }

    [Test]
    public async Task Close_AfterSlides_KeepsEachToTheMillisecond()
    {
        var slid = new Dictionary<string, DateTimeOffset>();
        await using (var provider = await OpenAsync(_disk))
        {
            for (var i = 0; i < 3_000; i++) await PutAsync(provider, $"{i}", Hour);
            for (var i = 0; i < 2_000; i++)
            {
                _time.Advance(TimeSpan.FromMilliseconds(40));
                var id = $"{1_000 + i * 7 % 1_000}";
                slid[id] = await TouchAsync(provider, id);
                // What is written anew leaves its place, and others in memory move for it.
                await PutAsync(provider, $"{i / 2}", default);
            }
        }
        await using var again = await OpenAsync(_disk);
        foreach (var (id, instant) in slid) (await InstantAsync(again, id)).Should().Be(instant);
        (await InstantAsync(again, "2999")).Should().Be(SimulatedStore.Start.AddHours(1));
    }

    [Test]
    public async Task Close_NothingSlidSinceItWasWritten_WritesNoExpiry()
    {
        await using (var provider = await OpenAsync(_disk))
        {
            for (var i = 0; i < 100; i++) await PutAsync(provider, $"{i}", Hour);
            _time.Advance(TimeSpan.FromMinutes(10));
            for (var i = 0; i < 100; i++) await TouchAsync(provider, $"{i}");
            await InstantAfterCrashAsync(provider, "0");
            for (var i = 0; i < 100; i++) await PutAsync(provider, $"{i}", StateExpiry.Keep);
            provider.Store.Engine.Partitions[0].TakeDrifted().Should().BeEmpty();
        }
    }

    [Test]
    public async Task Crash_TouchedWithAnotherWindow_KeepsThat()
    {
        await using var provider = await OpenAsync(_disk);
        await PutAsync(provider, "a", Hour);
        var touched = await TouchAsync(provider, "a", StateExpiry.Sliding(TimeSpan.FromMinutes(60.1)));
        (await InstantAfterCrashAsync(provider)).Should().Be(touched);
    }

    [Test]
    public async Task Crash_MadeUnderAClockThatWasFarAhead_DoesNotLetItLiveLonger()
    {
        await using var provider = await OpenAsync(_disk);
        await PutAsync(provider, "a", Hour);
        _time.AdjustTime(SimulatedStore.Start.AddDays(-2));
        var touched = await TouchAsync(provider, "a");
        touched.Should().Be(_time.GetUtcNow() + Hour.Window);
        (await InstantAfterCrashAsync(provider)).Should().Be(touched);
    }

    [Test]
    public async Task Crash_ClockWasSetBackAndSlid_IsAsAliveAsBefore()
    {
        await using var provider = await OpenAsync(_disk);
        await PutAsync(provider, "a", Hour);
        var before = await InstantAsync(provider, "a");
        _time.AdjustTime(SimulatedStore.Start.AddHours(-2));
        (await TouchAsync(provider, "a")).Should().Be(before);
        (await InstantAfterCrashAsync(provider)).Should().Be(before);
    }

    /// <summary>When a document expires for who opens what a crash at the next tick of the timer leaves.</summary>
    private async Task<DateTimeOffset?> InstantAfterCrashAsync(FileStateProvider provider, string id = "a")
    {
        provider.Store.Engine.JournalTouches(all: false);
        await PutAsync(provider, "behind", default);
        await using var crashed = await OpenAsync(_disk.AfterCrash(CrashChoice.Nothing, new(1)));
        return await InstantAsync(crashed, id);
    }

    private async Task<FileStateProvider> OpenAsync(SimulatedDisk disk)
    {
        var provider = SimulatedStore.Make(disk, _time);
        await provider.OpenAsync(CommitDraw.Partitions, CancellationToken.None);
        return provider;
    }

    private static async Task PutAsync(FileStateProvider provider, string id, StateExpiry expiry) => await provider.CommitAsync(new(new PutDocument(Key(id), new byte[8], expiry)), CancellationToken.None);

    private static async Task<DateTimeOffset> TouchAsync(FileStateProvider provider, string id, StateExpiry? touch = null) =>
        (await provider.ReadOneAsync(new DocumentRead(Key(id), touch ?? StateExpiry.Keep), CancellationToken.None))!.Expiry.Instant!.Value;

    private static async Task<DateTimeOffset?> InstantAsync(FileStateProvider provider, string id) => (await provider.ReadOneAsync(new DocumentRead(Key(id)), CancellationToken.None))!.Expiry.Instant;

    private static StateKey Key(string id) => new(0, StateShape.Document, "test", id);
}
