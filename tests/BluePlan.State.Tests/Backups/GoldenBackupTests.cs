using System.Globalization;
using System.Text;
using System.Text.Json;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Backups of every released version restore for ever: the files beside this one were written by that version and never change.</summary>
public sealed class GoldenBackupTests
{
    private static readonly string Root = Path.Combine(TestContext.CurrentContext.TestDirectory, "Backups", "Golden", "version-1");

    [TestCase("", "whole.txt", "golden 1 / 金")]
    [TestCase("acme", "tenant.txt", null)]
    public async Task Version1_Restored_IsWhatItWas(string tenant, string contents, string? name)
    {
        await using var store = new BackupTestStore(target: new DirectoryBackupTarget(Path.Combine(Root, "target")));

        var backup = (await store.For(tenant).ListAsync()).Should().ContainSingle().Subject;
        (await store.For(tenant).VerifyAsync(backup.Id, BackupDepth.RestoreDrill)).Faults.Should().BeEmpty();
        await store.For(tenant).RestoreAsync(backup.Id);

        (backup.Name, backup.Tenant, backup.Damage).Should().Be((name, tenant, null));
        var expected = await File.ReadAllTextAsync(Path.Combine(Root, contents));
        (await RenderAsync(store.Provider)).Should().Be(expected).And.NotBeEmpty();
    }

    [Test]
    public void Version1_Chunks_AreBothCompressedAndNot()
    {
        var chunks = Directory.GetFiles(Root, "*", SearchOption.AllDirectories).Where(f => f.Contains($"{Path.DirectorySeparatorChar}chunks{Path.DirectorySeparatorChar}")).ToArray();

        chunks.Should().OnlyContain(f => ChunkFormat.Hash(File.ReadAllBytes(f)) == Path.GetFileName(f));
        chunks.Select(f => (int)File.ReadAllBytes(f)[9]).Order().Should().Equal(0, 1);
    }

    /// <summary>Every key with all that it holds, in a form of this test's own, so that nothing else changes it.</summary>
    private static async Task<string> RenderAsync(IStateProvider provider)
    {
        var lines = new List<string>();
        await foreach (var record in provider.ExportAsync(default))
        {
            var key = $"{record.Key.Partition} {record.Key.Shape} {record.Key.Type} {JsonSerializer.Serialize(record.Key.Id)}";
            var expiry = record.Content.Expiry;
            if (!record.Continues) lines.Add(Line($"{key} expires {expiry.Kind} {expiry.Window} {expiry.Instant:O} {expiry.Cap:O}"));
            lines.AddRange(record.Content switch
            {
                DocumentContent document => (IEnumerable<string>)[$"{key} document {document.ETag} {Hex(document.Value)}"],
                MapContent map => map.Fields.Select(f => $"{key} field {JsonSerializer.Serialize(f.Key)} {(f.Value.IsCounters ? string.Join(',', f.Value.Counters.ToArray()) : Hex(f.Value.Bytes))}"),
                LogContent log => log.Entries.Select(e => Line($"{key} entry {e.Sequence:d16} {JsonSerializer.Serialize(e.Id)} {Hex(e.Value)}")).Append(Line($"{key} last {log.LastSequence}")),
                IndexContent index => index.Members.Select(m => Line($"{key} member {JsonSerializer.Serialize(m.Member)} {m.Score}")),
                _ => throw new InvalidOperationException(),
            });
        }
        lines.Sort(StringComparer.Ordinal);
        return string.Concat(lines.Select(l => l + "\n"));
    }

    private static string Line(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);

    private static string Hex(ReadOnlyMemory<byte> bytes) => bytes.Length > 200 ? $"SHA-256 {ChunkFormat.Hash(bytes.Span)}" : Encoding.UTF8.GetString(bytes.Span) is var text && text.All(c => c is >= ' ' and <= '~') ? $"'{text}'" : Convert.ToHexStringLower(bytes.Span);
}
