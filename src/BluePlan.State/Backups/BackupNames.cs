using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace BluePlan.State;

/// <summary>The names of backups and of their objects in a target.</summary>
/// <remarks>
/// <para>The form is stored, so it never changes:</para>
/// <code>
/// manifests/ID                    the manifest, written last: the backup exists as long as it does
/// chunks/ID/SHA256                the data; the name is the SHA-256 of the object's bytes
/// pending/ID/DEADLINE-RANDOM      somebody is making or deleting the backup; see BackupLease
/// pending/ID/claim-RANDOM         somebody is removing what an abandoned creation left; see BackupLease
/// tenants/HASH/…                  the same for a tenant other than the default one; HASH is the first half of the SHA-256 of the tenant's UTF-8
/// </code>
/// <para>An id is the time of its creation, yyyyMMdd-HHmmss-fff in UTC, a hyphen, and 64 random bits in 16 hexadecimal digits.</para>
/// </remarks>
internal sealed class BackupNames(string tenant)
{
    private const string TimeFormat = "yyyyMMdd'-'HHmmss'-'fff";
    private const int TimeLength = 19;
    private const int IdLength = TimeLength + 1 + 16;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly string _root = tenant.Length == 0 ? "" : $"tenants/{StateId.Hash(tenant)}/";

    public string Manifests => $"{_root}manifests/";

    public string AllPending => $"{_root}pending/";

    public string Manifest(string id) => $"{_root}manifests/{id}";

    public string Chunks(string id) => $"{_root}chunks/{id}/";

    public string Pending(string id) => $"{_root}pending/{id}/";

    public static string NewId(DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}-{RandomText()}");

    /// <summary>Whether it can be the id of a backup; else nothing has it.</summary>
    public static bool IsId(string text) => TryGetTime(text, out _);

    /// <summary>Reads when a backup was begun from its id; false when it is none.</summary>
    public static bool TryGetTime(string text, out DateTimeOffset time)
    {
        time = default;
        return text.Length == IdLength && text[TimeLength] == '-' && !text.AsSpan(TimeLength + 1).ContainsAnyExcept(HexDigits)
            && DateTimeOffset.TryParseExact(text.AsSpan(0, TimeLength), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }

    /// <summary>The segment of an object's name that follows a prefix.</summary>
    public static string SegmentAfter(string prefix, string name)
    {
        var end = name.IndexOf('/', prefix.Length);
        return end < 0 ? name[prefix.Length..] : name[prefix.Length..end];
    }

    public static string RandomText() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
}
