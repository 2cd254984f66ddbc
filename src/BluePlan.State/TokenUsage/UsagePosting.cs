using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Posts what was recorded to the sums that it belongs to, each record once.</summary>
/// <remarks>
/// <para>A record waits in its partition until it is posted: by one recorder in many, by everybody who asks for sums, before the question, and by the clean-up. So nobody can see a sum that lacks what was recorded
/// before, and between the two only a listing of what waits grows.</para>
/// <para>One commit takes records out of that listing and adds them to their sums, and happens only when all of them were still there. Whoever comes second learns that, and looks again.</para>
/// </remarks>
internal sealed class UsagePosting(StateScope scope, UsageMemory memory)
{
    private const int MostAtOnce = 256;

    /// <summary>The same in another store.</summary>
    public UsagePosting In(StateStorage storage) => new(scope with { Storage = storage }, memory);

    /// <summary>Posts what waits in one partition, no more than one commit takes. What another posts meanwhile, that one does.</summary>
    public async Task PostSomeAsync(int partition, CancellationToken cancellationToken)
    {
        if (await scope.Storage.ReadAsync(Waiting(partition), cancellationToken).ConfigureAwait(false) is { } waiting)
            await PostAsync(partition, waiting.Members, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Posts everything that was recorded in the store before the call.</summary>
    public Task PostAllAsync(CancellationToken cancellationToken) => PostAllAsync([.. Enumerable.Range(0, scope.Storage.PartitionCount)], cancellationToken);

    /// <summary>Posts everything that was recorded in these partitions before the call.</summary>
    public async Task PostAllAsync(IReadOnlyList<int> partitions, CancellationToken cancellationToken)
    {
        var waiting = await scope.Storage.ReadAsync([.. partitions.Select(Waiting)], cancellationToken).ConfigureAwait(false);
        List<Task>? posts = null;
        for (var i = 0; i < partitions.Count; i++)
            if (waiting[i] is IndexContent content) (posts ??= []).Add(PostAllAsync(partitions[i], content, cancellationToken));
        if (posts is not null) await Task.WhenAll(posts).ConfigureAwait(false);
    }

    // What is recorded meanwhile need not be waited for. Until all that waited at one moment is taken, every turn takes some, or somebody else did.
    private async Task PostAllAsync(int partition, IndexContent? waiting, CancellationToken cancellationToken)
    {
        while (waiting is not null)
        {
            if (await PostAsync(partition, waiting.Members, cancellationToken).ConfigureAwait(false) && waiting.Members.Count == waiting.Count) return;
            waiting = await scope.Storage.ReadAsync(Waiting(partition), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>Whether they are posted; false = another has posted some of them.</returns>
    private async Task<bool> PostAsync(int partition, IReadOnlyList<IndexMember> members, CancellationToken cancellationToken)
    {
        try
        {
            return await CommitAsync(partition, members, 0, false, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OverflowException || (exception is InvalidOperationException and not ObjectDisposedException && members.Count > 1))
        {
            // A sum is full, or one that is damaged stands in the way of the others.
            foreach (var member in members) await PostOneAsync(partition, member, cancellationToken).ConfigureAwait(false);
            return true;
        }
    }

    private async Task PostOneAsync(int partition, IndexMember member, CancellationToken cancellationToken)
    {
        for (var level = 0; ; level++)
        {
            try
            {
                await CommitAsync(partition, [member], level, true, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (OverflowException) when (level < UsageFields.MostLevels)
            {
                // The next level has room.
            }
        }
    }

    private async Task<bool> CommitAsync(int partition, IReadOnlyList<IndexMember> members, int level, bool checksRanks, CancellationToken cancellationToken)
    {
        var post = new UsagePost(scope, memory, partition, level);
        foreach (var member in members) post.Add(member.Member, PendingUsage.Parse(UsageKeys.Pending(partition), member));
        var ranks = checksRanks ? await ReadRanksAsync(post, cancellationToken).ConfigureAwait(false) : null;
        if (!(await scope.Storage.CommitAsync(post.Build(ranks), cancellationToken).ConfigureAwait(false)).IsCommitted) return false;
        post.Remember();
        return true;
    }

    private async Task<Dictionary<(StateKey, string), long>> ReadRanksAsync(UsagePost post, CancellationToken cancellationToken)
    {
        var ranks = new Dictionary<(StateKey, string), long>();
        foreach (var (ranking, users) in post.Rankings)
            foreach (var (user, tokens) in (await scope.Storage.ReadAsync(new IndexRead(ranking, [.. users]), cancellationToken).ConfigureAwait(false))?.Members ?? [])
                ranks[(ranking, user)] = tokens;
        return ranks;
    }

    private static IndexRead Waiting(int partition) => new(UsageKeys.Pending(partition), limit: MostAtOnce);
}
