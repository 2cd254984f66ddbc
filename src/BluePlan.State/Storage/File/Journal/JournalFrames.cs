namespace BluePlan.State.Storage;

/// <summary>What one segment of the journal has for one partition to apply; its frames are undamaged.</summary>
/// <param name="partition">The partition.</param>
/// <param name="segment">The whole segment.</param>
/// <param name="offsets">Where in it the frames begin, in their order.</param>
/// <param name="corrupt">Makes the error for a frame, by its offset, that holds something which was never written.</param>
internal sealed class JournalFrames(int partition, byte[] segment, int[] offsets, Func<int, StateCorruptionException, StateCorruptionException> corrupt)
{
    public int Partition => partition;

    /// <summary>Applies them to what came before. Answers how many changes were left out.</summary>
    /// <param name="target">The partition.</param>
    /// <param name="withoutBase">Whether something that they build on is lost. Changes to keys of which nothing is there are then left out: they would make keys that hold half.</param>
    /// <exception cref="StateCorruptionException">A frame holds something that was never written.</exception>
    public int ApplyTo(Partition target, bool withoutBase = false)
    {
        var dropped = 0;
        foreach (var offset in offsets)
        {
            try
            {
                var length = BitConverter.ToInt32(segment, offset + 4);
                var changes = StateChangeCodec.Read(segment.AsSpan(offset + JournalFormat.FrameHeaderBytes, length), partition);
                if (withoutBase) dropped += changes.RemoveAll(change => change is SetFieldsChange { Fresh: false } or AppendChange { Fresh: false } or SetScoresChange { Fresh: false } && target.Keys.Find(change.Key) is null);
                target.Apply(changes, 0);
            }
            catch (StateCorruptionException exception)
            {
                throw corrupt(offset, exception);
            }
        }
        return dropped;
    }
}
