using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class InstrumentedStateProviderTests
{
    private static readonly StateKey Key = new(0, StateShape.Document, "test", "a-secret-key");

    // Other fixtures use stores at the same time, so what is heard here is told by the provider's name.
    private readonly string _name = $"test-{Guid.NewGuid():N}";
    private readonly ConcurrentQueue<(string? Operation, string? Outcome, double Seconds)> _durations = [];
    private readonly ConcurrentQueue<Activity> _activities = [];

    [Test]
    public async Task EachCall_WithListeners_TellsOperationAndOutcomeAndNoKey()
    {
        using var meters = ListenToDurations();
        using var activities = ListenToActivities();
        await using var provider = new InstrumentedStateProvider(new NamedProvider(_name));

        await provider.OpenAsync(4, default);
        await provider.CommitAsync(new(new PutDocument(Key, new byte[] { 1 }, condition: StateCondition.IfAbsent)), default);
        await provider.CommitAsync(new(new PutDocument(Key, new byte[] { 1 }, condition: StateCondition.IfAbsent)), default);
        await provider.ReadAsync([new DocumentRead(Key), new DocumentRead(Key)], default);
        await provider.ReadOneAsync(new DocumentRead(Key), default);
        await provider.Awaiting(p => p.ReadOneAsync(new DocumentRead(Key), new CancellationToken(canceled: true)).AsTask()).Should().ThrowAsync<OperationCanceledException>();
        await provider.Awaiting(p => p.ReadOneAsync(new DocumentRead(new(9, StateShape.Document, "test", "a")), default).AsTask()).Should().ThrowAsync<ArgumentException>();

        _durations.Select(static d => (d.Operation, d.Outcome)).Should().Equal(
            ("open", "ok"), ("commit", "ok"), ("commit", "conflict"), ("read", "ok"), ("read", "ok"), ("read", "cancelled"), ("read", "ArgumentException"));
        _durations.Should().OnlyContain(static d => d.Seconds >= 0 && d.Seconds < 60);
        _activities.Select(static a => (a.OperationName, a.GetTagItem(StateTelemetry.ItemsTag), a.Status)).Should().Equal(
            ("state open", 1, ActivityStatusCode.Unset), ("state commit", 1, ActivityStatusCode.Unset), ("state commit", 1, ActivityStatusCode.Unset), ("state read", 2, ActivityStatusCode.Unset),
            ("state read", 1, ActivityStatusCode.Unset), ("state read", 1, ActivityStatusCode.Error), ("state read", 1, ActivityStatusCode.Error));
        _activities.SelectMany(static a => a.TagObjects).Should().NotContain(static t => $"{t.Value}".Contains("secret"));
    }

    [Test]
    public async Task EachCall_WithoutListeners_IsTheProvidersOwnTask()
    {
        await using var provider = new InstrumentedStateProvider(new NamedProvider(_name));
        await provider.OpenAsync(4, default);

        (await provider.ReadOneAsync(new DocumentRead(Key), default)).Should().BeNull();
        (await provider.CommitAsync(new(new PutDocument(Key, default)), default)).IsCommitted.Should().BeTrue();

        (_durations.Count, _activities.Count).Should().Be((0, 0));
    }

    private MeterListener ListenToDurations()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, self) =>
            {
                if (instrument.Meter.Name == StateTelemetry.SourceName) self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) =>
        {
            var told = tags.ToArray().ToDictionary(static t => t.Key, static t => t.Value as string);
            if (told[StateTelemetry.ProviderTag] == _name) _durations.Enqueue((told[StateTelemetry.OperationTag], told[StateTelemetry.OutcomeTag], seconds));
        });
        listener.Start();
        return listener;
    }

    private ActivityListener ListenToActivities()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == StateTelemetry.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem(StateTelemetry.ProviderTag) as string == _name) _activities.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private sealed class NamedProvider(string name) : DelegatingStateProvider(new InMemoryStateProvider())
    {
        public override string Name => name;
    }
}
