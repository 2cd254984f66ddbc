using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace BluePlan.State.Storage;

/// <summary>Names one thing in a store. Equal when all four parts are equal, by ordinal comparison.</summary>
/// <remarks>
/// Providers store a key under all four parts. The id is any well-formed text, also with <c>/ { } *</c>, spaces, newlines or NUL,
/// so a provider must never use it as a path, a pattern or a hash tag without escaping.
/// </remarks>
public readonly record struct StateKey
{
    private static readonly SearchValues<char> TypeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Names one thing in a store.</summary>
    /// <param name="partition">Which partition it lies in, from 0. Commits never span two.</param>
    /// <param name="shape">What it holds.</param>
    /// <param name="type">What it is for: 1 to 32 of <c>a–z 0–9 -</c>, for instance <c>session</c>.</param>
    /// <param name="id">Which one: well-formed text of 1 to 4,096 bytes in UTF-8.</param>
    /// <exception cref="ArgumentException">A part breaks its rule.</exception>
    public StateKey(int partition, StateShape shape, string type, string id)
    {
        if ((uint)partition >= StateLimits.MaximumPartitions) throw new ArgumentOutOfRangeException(nameof(partition), partition, $"A partition is 0 to {StateLimits.MaximumPartitions - 1}.");
        if (shape > StateShape.Index) throw new ArgumentOutOfRangeException(nameof(shape), shape, "Unknown shape.");
        ArgumentException.ThrowIfNullOrEmpty(type);
        if (type.Length > StateLimits.MaximumTypeLength || type.AsSpan().ContainsAnyExcept(TypeCharacters))
            throw new ArgumentException($"A type is 1 to {StateLimits.MaximumTypeLength} of a–z, 0–9 and '-', not '{type}'.", nameof(type));
        Partition = partition;
        Shape = shape;
        Type = type;
        Id = StateText.CheckName(id);
    }

    /// <summary>Which partition it lies in, from 0.</summary>
    public int Partition { get; }

    /// <summary>What it holds.</summary>
    public StateShape Shape { get; }

    /// <summary>What it is for.</summary>
    public string Type { get; }

    /// <summary>Which one.</summary>
    public string Id { get; }

    /// <summary>For messages and debugging, for instance <c>7/Document/session/#5f3a09c1</c>; not a format to parse. It shows a checksum of the <see cref="Id"/>, which may hold names of users, and tells keys apart.</summary>
    public override string ToString() => Id is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{Partition}/{Shape}/{Type}/#{(uint)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(Id.AsSpan())):x8}");

    /// <summary>Refuses <c>default</c>.</summary>
    internal StateKey Require() => Id is not null ? this : throw new ArgumentException("The key is empty: default(StateKey) names nothing.");

    /// <summary>Refuses <c>default</c> and other shapes.</summary>
    internal StateKey Require(StateShape shape, Type what) =>
        Require().Shape == shape ? this : throw new ArgumentException($"{what.Name} needs a key of shape {shape}, not {this}.");
}
