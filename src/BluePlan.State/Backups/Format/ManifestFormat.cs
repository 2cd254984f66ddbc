using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Writes and reads manifests.</summary>
/// <remarks>
/// <para>A manifest, version 1, is UTF-8 text that people can read:</para>
/// <code>
/// BluePlan.State backup 1 HASH    one line ending in a line feed; 1 is the version, HASH the SHA-256 of all that follows, in 64 lower-case hexadecimal digits
/// { … }                           the JSON of a BackupManifest, to the end
/// </code>
/// <para>Manifests of every released version are read for ever; one of an unknown version is refused.</para>
/// </remarks>
internal static class ManifestFormat
{
    public const int MaximumBytes = 256 * 1024 * 1024;
    private const string Magic = "BluePlan.State backup ";
    private const int Version = 1;
    private const long MostKeys = 1L << 40;

    public static byte[] Write(BackupManifest manifest)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.BackupManifest);
        return [.. Header(Version, json), .. json];
    }

    /// <exception cref="StateCorruptionException">It is not a manifest of a known version, or was changed; the message says what.</exception>
    public static BackupManifest Read(string id, ReadOnlySpan<byte> stored)
    {
        var version = ReadVersion(id, stored, out var json);
        if (version != Version) throw Damaged(id, $"is of version {version}, and this program reads version {Version}. A newer version of BluePlan.State wrote it");
        if (!stored.StartsWith(Header(version, json))) throw Damaged(id, "does not have the hash that it names, so it was changed or cut off");

        BackupManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.BackupManifest) ?? throw new JsonException("It is null.");
        }
        catch (JsonException exception)
        {
            throw Damaged(id, $"cannot be read: {exception.Message}", exception);
        }
        if (!IsPossible(manifest)) throw Damaged(id, "says what cannot be, so it was not written by this library");
        return manifest.Id == id ? manifest : throw Damaged(id, $"is that of backup '{manifest.Id}': objects were renamed or mixed up");
    }

    // What the rest of the code relies on: whoever can write the target can also write a manifest with a fitting hash.
    private static bool IsPossible(BackupManifest manifest) =>
        manifest.PartitionCount is >= 1 and <= StateLimits.MaximumPartitions && int.IsPow2(manifest.PartitionCount)
        && manifest.Types.All(static t => t is { Keys: >= 0 and <= MostKeys } && Enum.IsDefined(t.Shape))
        && manifest.PartitionHashes.All(static h => h is not null)
        && manifest.Chunks.All(static c => c is { StoredBytes: >= 0 and <= ChunkFormat.MaximumBytes, RecordBytes: >= 0 and <= ChunkFormat.MaximumBytes, Records: >= 0 and <= int.MaxValue, Keys: >= 0 and <= int.MaxValue, Hash.Length: 64 }
            && BackupObjectName.IsValid(c.Hash) && !c.Hash.Contains('/', StringComparison.Ordinal));

    private static int ReadVersion(string id, ReadOnlySpan<byte> stored, out ReadOnlySpan<byte> json)
    {
        var end = stored.IndexOf((byte)'\n');
        if (end < 0 || !stored.StartsWith(Encoding.ASCII.GetBytes(Magic))) throw Damaged(id, "does not begin as a manifest does");
        json = stored[(end + 1)..];
        var rest = stored[Magic.Length..end];
        var space = rest.IndexOf((byte)' ');
        return space > 0 && int.TryParse(rest[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version
            : throw Damaged(id, "has a broken first line");
    }

    private static byte[] Header(int version, ReadOnlySpan<byte> json) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Magic}{version} {Convert.ToHexStringLower(SHA256.HashData(json))}\n"));

    private static StateCorruptionException Damaged(string id, string what, Exception? inner = null) =>
        new($"The manifest of backup {id} {what}.", $"backup {id}", inner);
}
