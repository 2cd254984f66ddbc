using System.Buffers;

namespace BluePlan.State;

/// <summary>Settings of a store in Redis.</summary>
public sealed class RedisStateOptions
{
    private static readonly SearchValues<char> PrefixCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:._-/");

    /// <summary>
    /// What every key and channel begins with, so that several stores, and other applications, share a server: 1 to 64 of <c>A–Z a–z 0–9 : . _ - /</c>; <c>bp</c> by default.
    /// </summary>
    public string KeyPrefix { get; set; } = "bp";

    /// <summary>Lists every fault of the settings.</summary>
    internal IReadOnlyList<string> Validate() =>
        KeyPrefix is { Length: >= 1 and <= 64 } && !KeyPrefix.AsSpan().ContainsAnyExcept(PrefixCharacters) ? []
        : [$"{nameof(RedisStateOptions)}.{nameof(KeyPrefix)} is '{KeyPrefix}'; it must be 1 to 64 of A–Z a–z 0–9 : . _ - /"];
}
