using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace BluePlan.State.Tests;

/// <summary>
/// An envelope that opens only where it was made for, and whose bytes are never the same twice, as encryption makes
/// it: code that copies stored bytes, or expects those of equal values to be equal, fails on it.
/// </summary>
/// <remarks>
/// A byte that no other envelope begins with, 16 bytes of a hash of the location, 8 random bytes, and an ordinary
/// envelope. Tests that write ordinary envelopes are understood.
/// </remarks>
internal sealed class BoundEnvelope : IStateEnvelope
{
    public const byte Marker = 0xB0;
    private const int PlaceBytes = 16;
    private const int OwnBytes = 1 + PlaceBytes + 8;

    private static readonly StateEnvelope Inner = StateEnvelope.Instance;

    public int MaxOverhead => OwnBytes + Inner.MaxOverhead;

    public PooledBuffer Begin(byte format) => Inner.Begin(format);

    public PooledBuffer Complete(ValueLocation location, PooledBuffer begun)
    {
        using var inner = Inner.Complete(location, begun);
        var bound = new PooledBuffer();
        bound.Write(Marker);
        bound.Write(Place(location));
        bound.Write(RandomNumberGenerator.GetBytes(8));
        bound.Write(inner.Written.Span);
        return bound;
    }

    public SerializedValue Open(ValueLocation location, ReadOnlyMemory<byte> stored)
    {
        if (stored.IsEmpty || stored.Span[0] is not Marker) return Inner.Open(location, stored);
        return IsFor(location, stored) ? Inner.Open(location, stored[OwnBytes..])
            : throw new StateCorruptionException($"A value of {location.Key.Type} was encoded for another place.");
    }

    /// <summary>Whether a value was encoded for a place, or is none of this envelope's.</summary>
    public static bool IsFor(ValueLocation location, ReadOnlyMemory<byte> stored) =>
        stored.IsEmpty || stored.Span[0] is not Marker || stored.Length >= OwnBytes && stored.Span.Slice(1, PlaceBytes).SequenceEqual(Place(location));

    private static byte[] Place(ValueLocation location)
    {
        var (key, part) = (location.Key, location.Part);
        var text = $"{key.Shape}\n{key.Type}\n{key.Id.Length}\n{key.Id}\n{(part is null ? 0 : 1)}\n{part}";
        return SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()))[..PlaceBytes];
    }
}
