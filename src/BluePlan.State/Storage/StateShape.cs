namespace BluePlan.State.Storage;

/// <summary>What a key holds. The shape is part of a key's identity, so two shapes never meet under one key.</summary>
/// <remarks>The numbers are written to disk and into backups; they never change.</remarks>
public enum StateShape : byte
{
    /// <summary>Bytes with an <see cref="StateETag"/> and an expiry.</summary>
    Document = 0,

    /// <summary>Fields, each holding bytes or a vector of 64-bit counters. Without fields it is absent.</summary>
    Map = 1,

    /// <summary>Entries under rising sequence numbers, which are never given twice while the log lives, also not after it was emptied.</summary>
    Log = 2,

    /// <summary>Members with a 64-bit score, ordered by score and, among equals, by the UTF-8 bytes of the member. Without members it is absent.</summary>
    Index = 3,
}
