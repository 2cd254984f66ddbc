using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>
/// Another process removes, renames, replaces, copies or links a store's directory, or a file in it, before a call on the disk: while the store is opened, commits, writes snapshots, goes on in another segment, is closed
/// and opened again. Nothing is acknowledged after that which the next opening does not find, nothing of the other process is changed, and the store says what has happened.
/// </summary>
/// <remarks>Windows prevents all of it, as long as the store is open.</remarks>
[TestFixture]
[Platform(Exclude = "Win")]
[Parallelizable(ParallelScope.All)]
public sealed class TamperingTests
{
    // Out of how many calls on the disk one is tried. BLUEPLAN_ROUNDS of as many tries all.
    private const int OneIn = 100;
    private const int Partitions = 4;

    [Test]
    public async Task Tamper_BeforeAnyCall_NothingAcknowledgedIsNowhere([Values] TamperTarget target, [Values] TamperWay way)
    {
        var stride = Math.Max(1, OneIn / TestSeeds.Rounds(1));
        var (tried, refused, acknowledged) = (0, 0, 0);
        for (var call = 1 + TestSeeds.Next((int)target * 10 + (int)way) % stride; ; call += stride)
        {
            await using var run = new TamperedRun(target, way, call);
            if (!await run.WorkAsync()) break;
            await run.CheckAsync();
            tried++;
            if (run.Refused.Count > 0) refused++;
            acknowledged += run.Acknowledged;
        }
        await TestContext.Out.WriteLineAsync($"{tried} calls, at {refused} of which the store refused what came after; {acknowledged} commits acknowledged, none lost");
        tried.Should().BePositive();
        refused.Should().BePositive();
    }

    private sealed class TamperedRun : IAsyncDisposable
    {
        private readonly string _root = Directory.CreateTempSubdirectory("tamper@example.com-").FullName;
        private readonly FakeTimeProvider _time = new(SimulatedStore.Start);
        private readonly ListLogger _log = new();
        private readonly Tamperer _tamperer;
        private readonly string _what;
        private readonly int _at;
        private readonly List<(int Number, bool After)> _acknowledged = [];
        private int _calls;
        private readonly bool _needsOpenStore;
        private bool _mayAct;
        private int _next;

        public TamperedRun(TamperTarget target, TamperWay way, int at)
        {
            (_at, _what) = (at, $"{target} {way} before call {at}");
            _tamperer = new(_root, target, way);
            // The last segment, taken from a store that nobody has open, looks as if it had never been; and a faithful copy is then as good as what it replaces.
            _needsOpenStore = target is TamperTarget.Segment || way is TamperWay.Copied;
            _mayAct = !_needsOpenStore;
            Target = target;
        }

        public List<Exception> Refused { get; } = [];

        public int Acknowledged => _acknowledged.Count;

        private TamperTarget Target { get; }

        private string Store => Path.Combine(_root, "store");

        /// <summary>Answers whether there were so many calls, and something to tamper with.</summary>
        public async Task<bool> WorkAsync()
        {
            var files = new SteppedFileSystem((_, _) => OnCall());
            await using (var provider = Make(files))
            {
                if (!await OpenAsync(provider)) return true;
                await CommitAsync(provider, 3);
                await TryAsync(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask());
                await CommitAsync(provider, 3);
                provider.Store.Rotate();
                await CommitAsync(provider, 2);
                await TryAsync(() => provider.MaintainAsync(CancellationToken.None).AsTask());
                await TryAsync(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask());
                await CommitAsync(provider, 2);
                await AssertSecondIsRefusedAsync(provider);
            }
            if (_tamperer.IsDone) return true;
            _mayAct = !_needsOpenStore;
            await using (var provider = Make(files))
            {
                if (!await OpenAsync(provider)) return true;
                await CommitAsync(provider, 2);
                await AssertSecondIsRefusedAsync(provider);
            }
            return _tamperer.IsDone;
        }

        public async Task CheckAsync()
        {
            _tamperer.FindChange().Should().BeNull(_what);
            await AssertFoundAsync(_acknowledged.Where(static a => a.After));
            foreach (var refused in Refused) refused.Should().BeOfType<StateUnavailableException>(_what).Which.Message.Should().Contain(ShownPath.Of(Store), _what);
            if (Refused.Exists(static e => e.InnerException is StoreLostException)) _log.Entries.Should().Contain(static e => e.Level == LogLevel.Critical && e.Event.Id == LogEvents.FileStoreLost, _what);
            // The directory is named as a user's home may be. Logs show exceptions with all that they hold.
            Refused.Select(static e => e.ToString()).Concat(_log.Entries.Select(static e => e.Message + e.Exception)).Should().NotContain(static text => text.Contains("@example.com", StringComparison.Ordinal));
            if (!_tamperer.HasKept) return;
            // What came after was found where the path led by then.
            _tamperer.Undo();
            await AssertFoundAsync(_acknowledged.Where(static a => !a.After));
        }

        public ValueTask DisposeAsync()
        {
            Directory.Delete(_root, recursive: true);
            return ValueTask.CompletedTask;
        }

        private async Task AssertFoundAsync(IEnumerable<(int Number, bool After)> acknowledged)
        {
            if (!acknowledged.Any()) return;
            await using var provider = Make(LocalFileSystem.Instance);
            await provider.OpenAsync(Partitions, CancellationToken.None);
            foreach (var (number, _) in acknowledged)
                (await provider.ReadOneAsync(new DocumentRead(Key(number)), CancellationToken.None)).Should().NotBeNull($"{_what}: commit {number} was acknowledged");
        }

        private FileStateProvider Make(IFileSystem files) => new(new() { Directory = Store, SegmentBytes = 4096, OwnerTimeout = TimeSpan.Zero }, _time, _log, files);

        private void OnCall()
        {
            if (Interlocked.Increment(ref _calls) >= _at && Volatile.Read(ref _mayAct)) _tamperer.Act();
        }

        private async Task<bool> OpenAsync(FileStateProvider provider)
        {
            try
            {
                await provider.OpenAsync(Partitions, CancellationToken.None);
                Volatile.Write(ref _mayAct, true);
                return true;
            }
            catch (Exception exception) when (_tamperer.IsDone && exception is StateUnavailableException or StateCorruptionException)
            {
                return false;
            }
        }

        private async Task CommitAsync(FileStateProvider provider, int count)
        {
            for (; count > 0; count--)
            {
                var (number, after) = (++_next, _tamperer.IsDone);
                if (await TryAsync(() => provider.CommitAsync(new StateCommit([new PutDocument(Key(number), new byte[200])]), CancellationToken.None).AsTask())) _acknowledged.Add((number, after));
            }
        }

        private async Task<bool> TryAsync(Func<Task> work)
        {
            try
            {
                await work();
                return true;
            }
            catch (Exception exception) when (_tamperer.IsDone && exception is StateUnavailableException or IOException)
            {
                if (exception is StateUnavailableException) Refused.Add(exception);
                return false;
            }
        }

        /// <summary>While the store is open, nobody else opens what its path leads to, unless it is another store.</summary>
        private async Task AssertSecondIsRefusedAsync(FileStateProvider first)
        {
            if (!_tamperer.IsDone || Target is TamperTarget.Directory) return;
            _ = first.Store;
            await using var second = Make(LocalFileSystem.Instance);
            (await FluentActions.Awaiting(() => second.OpenAsync(Partitions, CancellationToken.None).AsTask()).Should().ThrowAsync<Exception>(_what))
                .Which.Should().Match(static e => e is StateOpenException || e is StateUnavailableException || e is StateCorruptionException, _what);
        }

        private static StateKey Key(int number) => new(number % Partitions, StateShape.Document, "tampering", $"{number}");
    }
}
