namespace BluePlan.State.Storage;

/// <summary>Refuses operations and reads that another assembly has defined, before anything is written or touched.</summary>
internal static class ForeignTypes
{
    /// <exception cref="NotSupportedException">The commit has such an operation.</exception>
    public static void Refuse(IStateProvider provider, StateCommit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        if (!commit.AreOfLibrary) throw commit.FirstForeign.NotSupportedBy(provider);
    }

    /// <exception cref="NotSupportedException">It is one.</exception>
    public static void Refuse(IStateProvider provider, StateRead read)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (!read.IsOfLibrary) throw read.NotSupportedBy(provider);
    }

    /// <exception cref="NotSupportedException">One of them is one.</exception>
    public static void Refuse(IStateProvider provider, IReadOnlyList<StateRead> reads)
    {
        ArgumentNullException.ThrowIfNull(reads);
        for (var i = 0; i < reads.Count; i++) Refuse(provider, reads[i] ?? throw new ArgumentNullException(nameof(reads)));
    }
}
