using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>A store of 100 MB passes through a few chunks of memory.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[NonParallelizable]
public sealed class BackupSizeTests
{
    private const int Documents = 6_400;
    private const int DocumentBytes = 16 * 1024;
    private const long MostMemory = 64L * 1024 * 1024;

    private readonly string _directory = Directory.CreateTempSubdirectory("blueplan-backups-").FullName;
    private readonly long _before = Settle();
    private long _most;

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task CreateVerifyAndRestore_HundredMegabytes_HoldAFewChunks()
    {
        var made = new GeneratedStore(Documents, Measure);
        await using var store = new BackupTestStore(made, new DirectoryBackupTarget(_directory));

        var backup = await store.Backups.CreateAsync();
        (backup.Keys, backup.Bytes).Should().Match<(long Keys, long Bytes)>(b => b.Keys == Documents && b.Bytes > 100_000_000 && b.Bytes < 110_000_000);
        var written = _most;

        (await store.Backups.VerifyAsync(backup.Id, BackupDepth.Content)).IsSound.Should().BeTrue();
        var into = new GeneratedStore(Documents, Measure);
        var report = await store.Backups.RestoreAsync(backup.Id, new() { Into = into });

        report.KeysWritten.Should().Be(Documents);
        (into.Imported, into.ImportedHash).Should().Be((Documents, made.ExportedHash));
        TestContext.Out.WriteLine($"At most {written / 1_000_000} MB while creating, {_most / 1_000_000} MB in all; stored {backup.StoredBytes / 1_000_000} MB.");
        _most.Should().BeLessThan(MostMemory);
    }

    /// <summary>A provider may show a big key in one record; chunks stay bounded all the same.</summary>
    [Test]
    public async Task Create_OneBigKeyInOneRecord_IsCutIntoChunks()
    {
        await using var store = new BackupTestStore(new DictionaryStateProvider(new(), new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)), StateCapabilities.Export | StateCapabilities.Import), new DirectoryBackupTarget(_directory));
        var (map, log, index) = (new StateKey(0, StateShape.Map, "big", "map"), new StateKey(1, StateShape.Log, "big", "log"), new StateKey(2, StateShape.Index, "big", "index"));
        for (var i = 0; i < 3; i++)
        {
            await store.CommitAsync(new SetFields(map, [.. Enumerable.Range(0, 40).Select(f => new MapField($"{i}-{f}", new(RandomNumberGenerator.GetBytes(100_000))))]));
            await store.CommitAsync(new AppendEntries(log, [.. Enumerable.Range(0, 40).Select(e => new LogAppend(RandomNumberGenerator.GetBytes(100_000), $"{i}-{e}"))]));
        }
        await store.CommitAsync(new SetScores(index, [.. Enumerable.Range(0, 5_000).Select(m => new IndexMember($"{m:d8}{new string('x', 1_000)}", m))]));
        var before = await store.ContentsAsync();

        var backup = await store.Backups.CreateAsync();

        var chunks = new DirectoryInfo(Path.Combine(_directory, "chunks", backup.Id)).GetFiles();
        chunks.Should().HaveCountGreaterThan(2).And.OnlyContain(f => f.Length < ChunkFormat.TargetBytes * 3 / 2);
        (await store.Backups.VerifyAsync(backup.Id, BackupDepth.RestoreDrill)).Faults.Should().BeEmpty();
        await using var into = new InMemoryStateProvider(store.Time);
        await store.Backups.RestoreAsync(backup.Id, new() { Into = into });
        (await Conformance.StoreContents.OfAsync(into)).Should().Equal(before);
    }

    /// <summary>What other tests left goes first, so that its going does not hide what this one takes.</summary>
    private static long Settle()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private void Measure() => _most = Math.Max(_most, GC.GetTotalMemory(forceFullCollection: true) - _before);

    /// <summary>A store that is made up as it is read, and forgets what it is given.</summary>
    private sealed class GeneratedStore(int documents, Action measure) : IStateProvider
    {
        private const int MeasureEvery = 1_024;

        public string Name => "generated";

        public StateCapabilities Capabilities => StateCapabilities.Export | StateCapabilities.Import;

        public long Imported { get; private set; }

        public UInt128 ExportedHash { get; private set; }

        public UInt128 ImportedHash { get; private set; }

        public ValueTask<StateStoreInfo> OpenAsync(StateOpenOptions options, CancellationToken cancellationToken) => new(new StateStoreInfo(default, options.PartitionCount ?? 1));

        public ValueTask<CommitResult> CommitAsync(StateCommit commit, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<StateContent?>> ReadAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken) => new(new StateContent?[reads.Count]);

        public async IAsyncEnumerable<StateRecord> ExportAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            for (var i = 0; i < documents; i++)
            {
                // Half noise and half zeros, so that compression has something to do.
                var value = new byte[DocumentBytes];
                RandomNumberGenerator.Fill(value.AsSpan(0, DocumentBytes / 2));
                ExportedHash += System.IO.Hashing.XxHash128.HashToUInt128(value);
                yield return new(new(i % BackupTestStore.PartitionCount, StateShape.Document, "generated", $"document {i}"), new DocumentContent(value, StateETag.New()));
                if (i % MeasureEvery == 0) measure();
            }
        }

        public async ValueTask ImportAsync(IAsyncEnumerable<StateRecord> records, StateImportMode mode, CancellationToken cancellationToken)
        {
            await foreach (var record in records.WithCancellation(cancellationToken))
            {
                ImportedHash += System.IO.Hashing.XxHash128.HashToUInt128(((DocumentContent)record.Content).Value.Span);
                if (Imported++ % MeasureEvery == 0) measure();
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
