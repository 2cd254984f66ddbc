using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>A few bytes of a backup that claim to be many are refused, and take no more memory than one chunk may.</summary>
[TestFixture]
public sealed class BackupCountsTests
{
    [Test]
    public void Unpack_LengthIsMadeUp_TakesNoMemoryForIt()
    {
        using var packed = ChunkFormat.Pack("abc"u8, 1);
        var chunk = packed.Written.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(chunk.AsSpan(16), ChunkFormat.MaximumBytes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        FluentActions.Invoking(() => ChunkFormat.Unpack(chunk, out _)).Should().Throw<FormatException>();

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1 << 20);
    }

    [TestCase(StateShape.Map)]
    [TestCase(StateShape.Log)]
    [TestCase(StateShape.Index)]
    public async Task Verify_AFewBytesClaimHugeCounts_AreDamageAndTakeLittleMemory(StateShape shape)
    {
        var target = new MemoryBackupTarget();
        await using var store = new BackupTestStore(target: target);
        await store.SeedAsync();
        var backup = await store.Backups.CreateAsync();
        // 72 MiB of fields, entries or members behind a count that they could hold.
        var records = new byte[72 << 20];
        if (shape is StateShape.Log) for (var at = 12; at < records.Length; at += 3) records[at] = 1;
        byte[] head = [1, 0, 0, (byte)shape, 1, (byte)'t', 1, (byte)'i', 0, .. shape is StateShape.Log ? [1, 1] : shape is StateShape.Index ? (byte[])[1] : [], 0x80, 0x80, 0x80, 0x08];
        head.CopyTo(records, 0);
        if (shape is StateShape.Log) (head.Length % 3).Should().Be(0, "the first entry follows");
        var (chunk, manifest) = Forge(target, backup.Id, records);
        chunk.Length.Should().BeLessThan(400);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var check = await store.Backups.VerifyAsync(backup.Id, BackupDepth.Content);

        check.Faults.Should().NotBeEmpty();
        (GC.GetTotalAllocatedBytes(precise: true) - before).Should().BeLessThan(4L * ChunkFormat.MaximumBytes, "of the {0} chunks one is unpacked", manifest.Chunks.Count);
    }

    [Test]
    public async Task Verify_RecordsBehindTheEndOfAChunk_AreDamage()
    {
        var target = new MemoryBackupTarget();
        await using var store = new BackupTestStore(target: target);
        await store.SeedAsync();
        var backup = await store.Backups.CreateAsync();
        // Empty logs, each of eleven bytes, and more of them than a chunk ever holds.
        byte[] record = [1, 0, 0, (byte)StateShape.Log, 1, (byte)'t', 1, (byte)'i', 0, 0, 0, 0];
        var records = new byte[(16 << 20) / record.Length * record.Length];
        for (var at = 0; at < records.Length; at += record.Length) record.CopyTo(records, at);
        Forge(target, backup.Id, records, records.Length / record.Length);

        var check = await store.Backups.VerifyAsync(backup.Id, BackupDepth.Content);

        check.Faults.Should().Contain(static f => f.ToString().Contains("behind the record", StringComparison.Ordinal));
    }

    /// <summary>Puts a chunk in the place of all that a backup has, with a manifest that fits it.</summary>
    private static (byte[] Chunk, BackupManifest Manifest) Forge(MemoryBackupTarget target, string id, byte[] records, int count = 1)
    {
        var chunk = Pack(records, count);
        var hash = ChunkFormat.Hash(chunk);
        var manifest = ManifestFormat.Read(id, target.Objects[$"manifests/{id}"]);
        manifest = manifest with { Chunks = [new(hash, chunk.Length, records.Length, count, count, 0, 0)] };
        target.Objects[$"chunks/{id}/{hash}"] = chunk;
        target.Objects[$"manifests/{id}"] = ManifestFormat.Write(manifest);
        return (chunk, manifest);
    }

    private static byte[] Pack(byte[] records, int count)
    {
        var payload = new byte[BrotliEncoder.GetMaxCompressedLength(records.Length)];
        BrotliEncoder.TryCompress(records, payload, out var length, 9, 24).Should().BeTrue();
        var chunk = new byte[48 + length];
        "BPSCHUNK"u8.CopyTo(chunk);
        (chunk[8], chunk[9], chunk[11]) = (1, 1, 1);
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(12), count);
        BinaryPrimitives.WriteInt64LittleEndian(chunk.AsSpan(16), records.Length);
        BinaryPrimitives.WriteInt64LittleEndian(chunk.AsSpan(24), length);
        XxHash128.Hash(records, chunk.AsSpan(32));
        payload.AsSpan(0, length).CopyTo(chunk.AsSpan(48));
        return chunk;
    }
}
