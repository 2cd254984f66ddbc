using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace BluePlan.State.Redis;

/// <summary>A Lua script with the hash that servers know it by.</summary>
internal sealed class RedisScript(string text)
{
    public string Text => text;

    /// <summary>What EVALSHA calls it by.</summary>
    public byte[] Hash { get; } = Sha1(text);

    /// <summary>The same as text.</summary>
    public string HashText => field ??= Convert.ToHexStringLower(Hash);

    [SuppressMessage("Security", "CA5350", Justification = "Redis names scripts by their SHA-1; nothing is protected by it.")]
    private static byte[] Sha1(string text) => SHA1.HashData(Encoding.UTF8.GetBytes(text));
}
