using BluePlan.State.Conformance;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BackupDamageTests
{
    private readonly MemoryBackupTarget _target = new();
    private readonly BackupTestStore _store;
    private Backup _backup = null!;
    private SortedDictionary<string, string> _contents = null!;

    public BackupDamageTests() => _store = new(target: _target);

    private string Manifest => $"manifests/{_backup.Id}";

    private string Chunk => _target.Objects.Keys.Single(name => name.StartsWith("chunks/", StringComparison.Ordinal));

    [SetUp]
    public async Task SetUpAsync()
    {
        await _store.SeedUserAsync("", "ann", "first");
        _backup = await _store.Backups.CreateAsync("name");
        await _store.SeedUserAsync("", "ann", "second");
        _contents = await _store.ContentsAsync();
    }

    [TearDown]
    public ValueTask TearDownAsync() => _store.DisposeAsync();

    [Test]
    public async Task AnyByteOfAChunk_Flipped_IsFoundAndRefused()
    {
        var whole = _target.Objects[Chunk];
        var name = Chunk;
        for (var at = 0; at < whole.Length; at++)
        {
            _target.Objects[name] = Flipped(whole, at);

            (await _store.Backups.VerifyAsync(_backup.Id, BackupDepth.Content)).Faults.Should().ContainSingle($"byte {at} was flipped").Which.Object.Should().Be(name);
            await _store.Backups.Invoking(b => b.RestoreAsync(_backup.Id)).Should().ThrowAsync<StateCorruptionException>();
        }
        (await _store.Backups.VerifyAsync(_backup.Id)).IsSound.Should().BeTrue("the structure does not read chunks");
        (await _store.ContentsAsync()).Should().Equal(_contents);
    }

    [Test]
    public async Task AnyByteOfTheManifest_Flipped_IsFoundAndRefused()
    {
        var whole = _target.Objects[Manifest];
        for (var at = 0; at < whole.Length; at++)
        {
            _target.Objects[Manifest] = Flipped(whole, at);

            (await _store.Backups.VerifyAsync(_backup.Id)).Faults.Should().ContainSingle($"byte {at} was flipped");
            await _store.Backups.Invoking(b => b.RestoreAsync(_backup.Id)).Should().ThrowAsync<StateCorruptionException>();
        }
        (await _store.ContentsAsync()).Should().Equal(_contents);
    }

    [Test]
    public async Task AnyObject_CutOffOrLonger_IsFoundByTheStructureAndRefused()
    {
        foreach (var name in new[] { Chunk, Manifest })
        {
            var whole = _target.Objects[name];
            for (var length = 0; length < whole.Length; length += 1 + whole.Length / 64) await CheckAsync(name, whole[..length]);
            await CheckAsync(name, whole[..^1]);
            await CheckAsync(name, [.. whole, 0]);
            _target.Objects[name] = whole;
        }
        (await _store.Backups.VerifyAsync(_backup.Id, BackupDepth.RestoreDrill)).IsSound.Should().BeTrue();
        (await _store.ContentsAsync()).Should().Equal(_contents);

        async Task CheckAsync(string name, byte[] bytes)
        {
            _target.Objects[name] = bytes;
            foreach (var depth in Enum.GetValues<BackupDepth>()) (await _store.Backups.VerifyAsync(_backup.Id, depth)).IsSound.Should().BeFalse($"{name} has {bytes.Length} bytes");
            foreach (var options in new[] { new RestoreOptions(), new() { UserId = "ann" }, new() { Parts = StateParts.Sessions } })
                await _store.Backups.Invoking(b => b.RestoreAsync(_backup.Id, options)).Should().ThrowAsync<StateCorruptionException>();
        }
    }

    [Test]
    public async Task Chunk_Missing_IsFoundByTheStructureAndRefused()
    {
        var name = Chunk;
        _target.Objects.TryRemove(name, out _);

        foreach (var depth in Enum.GetValues<BackupDepth>())
            (await _store.Backups.VerifyAsync(_backup.Id, depth)).Faults.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Object = name }, because: $"{depth} says it once");
        (await _store.Backups.Invoking(b => b.RestoreAsync(_backup.Id)).Should().ThrowAsync<StateCorruptionException>()).WithMessage($"*{name}*missing*");

        (await _store.ContentsAsync()).Should().Equal(_contents);
    }

    [Test]
    public async Task Manifest_Damaged_IsListedAndCanBeDeleted()
    {
        await _store.Backups.CreateAsync("sound");
        _target.Objects[Manifest] = "rubbish"u8.ToArray();

        var listed = (await _store.Backups.ListAsync()).Single(b => b.Damage is not null);
        listed.Should().BeEquivalentTo(new { _backup.Id, _backup.CreatedAt, Keys = 0L, Name = (string?)null });
        listed.Damage.Should().Contain(_backup.Id);
        (await _store.Backups.DeleteAsync(_backup.Id)).Should().BeTrue();

        (await _store.Backups.ListAsync()).Should().ContainSingle().Which.Name.Should().Be("sound");
        _target.Objects.Should().HaveCount(2);
    }

    [Test]
    public async Task Manifest_UnderAnotherId_IsRefused()
    {
        var other = _backup.Id[..^1] + (_backup.Id[^1] == '0' ? '1' : '0');
        _target.Objects[$"manifests/{other}"] = _target.Objects[Manifest];

        (await _store.Backups.VerifyAsync(other)).Faults.Should().ContainSingle().Which.Message.Should().Contain(_backup.Id);
        await _store.Backups.Invoking(b => b.RestoreAsync(other)).Should().ThrowAsync<StateCorruptionException>();
    }

    [Test]
    public async Task Manifest_OfAnotherTenant_IsRefused()
    {
        _target.Objects[$"tenants/{StateId.Hash("acme")}/manifests/{_backup.Id}"] = _target.Objects[Manifest];

        await _store.For("acme").Invoking(b => b.RestoreAsync(_backup.Id)).Should().ThrowAsync<StateCorruptionException>();
        (await _store.For("acme").ListAsync()).Should().ContainSingle().Which.Damage.Should().Contain("another tenant");
    }

    [Test]
    public async Task Manifest_OfANewerVersion_SaysSo()
    {
        var text = System.Text.Encoding.UTF8.GetString(_target.Objects[Manifest]);
        _target.Objects[Manifest] = System.Text.Encoding.UTF8.GetBytes(text.Replace("BluePlan.State backup 1 ", "BluePlan.State backup 2 ", StringComparison.Ordinal));

        (await _store.Backups.VerifyAsync(_backup.Id)).Faults.Should().ContainSingle().Which.Message.Should().Contain("version 2").And.Contain("newer");
    }

    /// <summary>A chunk that is sound by itself but not the one that the manifest describes cannot slip in, since its name is its hash; so only the drill's and the count's own comparison is left to test.</summary>
    [Test]
    public async Task Manifest_WithOtherHashesOrCounts_IsFoundByContentAndDrill()
    {
        var manifest = ManifestFormat.Read(_backup.Id, _target.Objects[Manifest]);
        BackupManifest[] wrong =
        [
            manifest with { PartitionHashes = [.. manifest.PartitionHashes.Reverse()] },
            manifest with { Types = [.. manifest.Types.Skip(1)] },
            manifest with { Types = [.. manifest.Types.Select(t => t with { Keys = t.Keys + 1 })] },
            manifest with { Chunks = [.. manifest.Chunks.Select(c => c with { Records = c.Records + 1 })] },
            manifest with { Chunks = [.. manifest.Chunks.Select(c => c with { RecordBytes = c.RecordBytes - 1 })] },
            manifest with { Chunks = [.. manifest.Chunks.Select(c => c with { FirstPartition = c.LastPartition + 1, LastPartition = c.LastPartition + 1 })] },
            manifest with { Chunks = [] },
        ];
        foreach (var forged in wrong)
        {
            _target.Objects[Manifest] = ManifestFormat.Write(forged);

            (await _store.Backups.VerifyAsync(_backup.Id)).IsSound.Should().BeTrue();
            (await _store.Backups.VerifyAsync(_backup.Id, BackupDepth.Content)).IsSound.Should().BeFalse();
        }
    }

    /// <summary>Whoever can write the target can write a manifest whose own hash fits.</summary>
    [Test]
    public async Task Manifest_Forged_IsDamageAndNothingElse()
    {
        var manifest = ManifestFormat.Read(_backup.Id, _target.Objects[Manifest]);
        var (chunk, type) = (manifest.Chunks[0], manifest.Types[0]);
        BackupManifest[] forgeries =
        [
            .. new[] { int.MinValue, -1, 0, 3, 1 << 30 }.Select(count => manifest with { PartitionCount = count }),
            manifest with { Chunks = [null!] },
            manifest with { Types = [null!] },
            manifest with { Types = [type with { Keys = -1 }] },
            manifest with { Types = [type with { Keys = long.MaxValue }, type with { Keys = long.MaxValue }] },
            manifest with { PartitionHashes = [null!] },
            .. new[] { "", "../../../etc/passwd", new string('.', 64), new string('A', 64), new string('/', 64) }.Select(hash => manifest with { Chunks = [chunk with { Hash = hash }] }),
            .. new[] { -1, long.MinValue, long.MaxValue }.SelectMany(bytes => new[] { chunk with { StoredBytes = bytes }, chunk with { RecordBytes = bytes }, chunk with { Records = bytes }, chunk with { Keys = bytes } }).Select(c => manifest with { Chunks = [c, c] }),
        ];
        foreach (var forged in forgeries)
        {
            _target.Objects[Manifest] = ManifestFormat.Write(forged);

            foreach (var depth in Enum.GetValues<BackupDepth>()) (await _store.Backups.VerifyAsync(_backup.Id, depth)).IsSound.Should().BeFalse();
            await _store.Backups.Invoking(b => b.RestoreAsync(_backup.Id)).Should().ThrowAsync<StateCorruptionException>();
            (await _store.Backups.ListAsync()).Should().ContainSingle().Which.Damage.Should().NotBeNull();
        }
        (await _store.ContentsAsync()).Should().Equal(_contents);
    }

    [Test]
    public async Task Manifest_ForgedWithFewerPartitionsThanItsRecords_IsFoundByContent()
    {
        var manifest = ManifestFormat.Read(_backup.Id, _target.Objects[Manifest]);
        _target.Objects[Manifest] = ManifestFormat.Write(manifest with { PartitionCount = 1, PartitionHashes = [manifest.PartitionHashes[0]] });

        foreach (var depth in new[] { BackupDepth.Content, BackupDepth.RestoreDrill })
            (await _store.Backups.VerifyAsync(_backup.Id, depth)).Faults.Should().NotBeEmpty().And.OnlyContain(f => f.Object == Chunk);
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        var flipped = bytes.ToArray();
        flipped[at] ^= (byte)(1 << at % 8);
        return flipped;
    }
}
