using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>When a batch may be acknowledged without a look at every file.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
public sealed class StoreOwnershipTests
{
    private const long Changed = 1_700_000_000_123_456_789;
    private const long ChangedInWholeSeconds = 1_700_000_000_000_000_000;

    private readonly FakeTimeProvider _time = new();
    private readonly LookedAtFolder _folder = new() { Changed = Changed };
    private readonly StoreOwnership _ownership;

    public StoreOwnershipTests()
    {
        _ownership = new(_folder, "/store", _time);
        _ownership.Keep("lock", _folder.File);
        _ownership.Keep("segment", _folder.File);
    }

    [TearDown]
    public void TearDown()
    {
        _ownership.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void ProveUnlessUnchanged_DirectoryIsAsItWasForLong_LooksAtNoFile()
    {
        Settle(TimeSpan.FromMilliseconds(100));

        LooksOf(_ownership.ProveUnlessUnchanged).Should().Be(0);
        LooksOf(_ownership.Prove).Should().Be(2, "the full proof always looks");
    }

    [Test]
    public void ProveUnlessUnchanged_FirstSeenAMomentAgo_LooksAtAllFiles()
    {
        Settle(TimeSpan.FromMilliseconds(99));

        LooksOf(_ownership.ProveUnlessUnchanged).Should().Be(2, "a change in the same tick of the clock would not show");
    }

    [Test]
    public void ProveUnlessUnchanged_TimeInWholeSeconds_WaitsForSeveralOfThem()
    {
        _folder.Changed = ChangedInWholeSeconds;
        Settle(TimeSpan.FromSeconds(4.9));
        LooksOf(_ownership.ProveUnlessUnchanged).Should().Be(2);

        _time.Advance(TimeSpan.FromSeconds(0.1));
        _ownership.Prove();
        LooksOf(_ownership.ProveUnlessUnchanged).Should().Be(0);
    }

    [Test]
    public void ProveUnlessUnchanged_NameChanged_LooksAtAllFilesUntilThatIsLongAgo()
    {
        Settle(TimeSpan.FromSeconds(1));
        _folder.Changed++;

        LooksOf(_ownership.ProveUnlessUnchanged).Should().Be(2);
        LooksOf(_ownership.ProveUnlessUnchanged).Should().Be(2);
        Settle(TimeSpan.FromSeconds(1));
        LooksOf(_ownership.ProveUnlessUnchanged).Should().Be(0);
    }

    [Test]
    public void ProveUnlessUnchanged_FileIsGoneAfterAChange_IsLost()
    {
        Settle(TimeSpan.FromSeconds(1));
        _folder.Changed++;
        _folder.Missing = "segment";

        FluentActions.Invoking(_ownership.ProveUnlessUnchanged).Should().Throw<StoreLostException>().WithMessage("*'segment'*");
    }

    [Test]
    public void ProveUnlessUnchanged_PathLeadsElsewhere_IsLost()
    {
        Settle(TimeSpan.FromSeconds(1));
        _folder.IsAtItsPath = false;

        FluentActions.Invoking(_ownership.ProveUnlessUnchanged).Should().Throw<StoreLostException>().WithMessage("The directory '/store' was removed*");
    }

    [Test]
    public void ProveUnlessUnchanged_AnotherFileIsKept_LooksAtAllFiles()
    {
        Settle(TimeSpan.FromSeconds(1));
        _ownership.Keep("next", _folder.File);

        LooksOf(_ownership.ProveUnlessUnchanged).Should().Be(3);
    }

    [Test]
    public void ProveUnlessUnchanged_FileSystemTellsNoTime_LooksAtAllFiles()
    {
        _folder.Changed = null;
        Settle(TimeSpan.FromMinutes(1));

        LooksOf(_ownership.ProveUnlessUnchanged).Should().Be(2);
    }

    private void Settle(TimeSpan time)
    {
        _ownership.Prove();
        _time.Advance(time);
        _ownership.Prove();
    }

    private int LooksOf(Action proof)
    {
        var before = _folder.Looks;
        proof();
        return _folder.Looks - before;
    }

    /// <summary>A directory that counts how often its files are looked at.</summary>
    private sealed class LookedAtFolder : IStoreFolder
    {
        private readonly string _path = Path.GetTempFileName();

        public LookedAtFolder() => File = new LocalFile(_path, System.IO.File.OpenHandle(_path), default);

        public IStoreFile File { get; }

        public long? Changed { get; set; }

        public bool IsAtItsPath { get; set; } = true;

        public string? Missing { get; set; }

        public int Looks { get; private set; }

        public FolderLook Look() => new(IsAtItsPath, Changed);

        public bool Holds(string name, IStoreFile file)
        {
            Looks++;
            return name != Missing;
        }

        public IReadOnlyList<string> List() => throw new NotSupportedException();

        public IStoreFile Create(string name) => throw new NotSupportedException();

        public IStoreFile Open(string name) => throw new NotSupportedException();

        public IStoreFile OpenRead(string name) => throw new NotSupportedException();

        public IStoreFolder OpenFolder(string name) => throw new NotSupportedException();

        public void Rename(string from, IStoreFolder folder, string to, bool replace) => throw new NotSupportedException();

        public void Delete(string name) => throw new NotSupportedException();

        public bool TryDelete(string name, IStoreFile file) => throw new NotSupportedException();

        public void Flush() => throw new NotSupportedException();

        public IStoreFile? TryLock(string name) => throw new NotSupportedException();

        public void Dispose()
        {
            File.Dispose();
            System.IO.File.Delete(_path);
        }
    }
}
