using System.Runtime.ExceptionServices;
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
    private const int MostRead = 1024;

    // What bounds how long a commit keeps a server from others, also when each record is of another user.
    private const int MostRecords = 128;

    /// <summary>The same in another store.</summary>
    public UsagePosting In(StateStorage storage) => new(scope with { Storage = storage }, memory.Anew());

    /// <summary>Forgets what is known of the store: a restore may have undone it.</summary>
    public void Forget() => memory.Forget();

    /// <summary>The sums that a record belongs to.</summary>
    public IEnumerable<StateKey> SumsOf(int partition, PendingUsage usage)
    {
        var keys = new UsageKeys(scope with { Tenant = usage.Tenant });
        yield return keys.UserDay(partition, usage.UserId, usage.Day);
        if (usage.Session is { } handle) yield return keys.Session(partition, usage.UserId, handle);
        if (usage.IsOnlyOwn) yield break;
        yield return keys.Day(partition, usage.Day);
        yield return keys.Ranking(partition, usage.Day);
        yield return keys.Seen(partition, usage.Day);
    }

    /// <summary>Posts what waits in one partition, no more than one read shows. What another posts meanwhile, that one does.</summary>
    public async Task PostSomeAsync(int partition, CancellationToken cancellationToken)
    {
        if (await scope.Storage.ReadAsync(Waiting(partition), cancellationToken).ConfigureAwait(false) is { } waiting)
            await PostAsync(partition, waiting.Members, UsageAudience.Nobody, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Posts everything that was recorded in the store before the call. What is damaged is logged.</summary>
    public async Task PostAllAsync(CancellationToken cancellationToken)
    {
        var partitions = (await scope.OpenAsync(cancellationToken).ConfigureAwait(false)).PartitionCount;
        await PostAllAsync([.. Enumerable.Range(0, partitions)], UsageAudience.Nobody, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="TryPostAllAsync"/>
    /// <exception cref="StateUnavailableException">The store cannot be read, or refuses to be written to.</exception>
    public async Task PostAllAsync(IReadOnlyList<int> partitions, UsageAudience audience, CancellationToken cancellationToken)
    {
        if (await TryPostAllAsync(partitions, audience, cancellationToken).ConfigureAwait(false) is { } refusal) ExceptionDispatchInfo.Throw(refusal);
    }

    /// <summary>Posts everything that was recorded in these partitions before the call.</summary>
    /// <param name="partitions">Which partitions.</param>
    /// <param name="audience">Who is told of damaged sums; those of others are logged.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Why the store refused to be written to, so that something may still wait; null = it did not.</returns>
    /// <exception cref="StateCorruptionException">A sum of the audience's is damaged. All the rest is posted.</exception>
    /// <exception cref="StateUnavailableException">The store cannot be read.</exception>
    public async Task<StateUnavailableException?> TryPostAllAsync(IReadOnlyList<int> partitions, UsageAudience audience, CancellationToken cancellationToken)
    {
        var waiting = await scope.Storage.ReadAsync([.. partitions.Select(Waiting)], cancellationToken).ConfigureAwait(false);
        List<Task>? posts = null;
        for (var i = 0; i < partitions.Count; i++)
            if (waiting[i] is IndexContent content) (posts ??= []).Add(PostAllAsync(partitions[i], content, audience, cancellationToken));
        if (posts is null) return null;
        try
        {
            await Task.WhenAll(posts).ConfigureAwait(false);
            return null;
        }
        catch (StateUnavailableException refusal)
        {
            return refusal;
        }
    }

    /// <summary>What waits in these partitions and concerns an audience. What is damaged is passed over.</summary>
    public async Task<WaitingUsage> ReadAsync(IReadOnlyList<int> partitions, UsageAudience audience, CancellationToken cancellationToken)
    {
        var waiting = new WaitingUsage();
        var first = await scope.Storage.ReadAsync([.. partitions.Select(Waiting)], cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < partitions.Count; i++)
            for (var page = (IndexContent?)first[i]; page is { Members.Count: > 0 };)
            {
                foreach (var member in page.Members)
                    if (PendingUsage.TryParse(member, out var usage) && audience.Concerns(usage)) waiting.Add(partitions[i], member.Member, usage);
                page = page.Members.Count < MostRead ? null : await scope.Storage.ReadAsync(Waiting(partitions[i], page.Members[^1]), cancellationToken).ConfigureAwait(false);
            }
        return waiting;
    }

    // What is recorded meanwhile need not be waited for. Every turn takes what it read, steps over what is damaged, or finds that somebody else took some.
    private async Task PostAllAsync(int partition, IndexContent? waiting, UsageAudience audience, CancellationToken cancellationToken)
    {
        IndexMember? after = null;
        StateCorruptionException? damage = null;
        while (waiting is { Members: [.., var last] })
        {
            try
            {
                if (await PostAsync(partition, waiting.Members, audience, cancellationToken).ConfigureAwait(false)) after = last;
            }
            catch (StateCorruptionException exception)
            {
                (damage, after) = (exception, last);
            }
            if (after == last && waiting.Members.Count < MostRead) break;
            waiting = await scope.Storage.ReadAsync(Waiting(partition, after), cancellationToken).ConfigureAwait(false);
        }
        if (damage is not null) throw damage;
    }

    /// <returns>Whether they are posted; false = another has posted some of them.</returns>
    private async Task<bool> PostAsync(int partition, IReadOnlyList<IndexMember> members, UsageAudience audience, CancellationToken cancellationToken)
    {
        var (usages, strays) = (new List<(string Member, PendingUsage Usage)>(members.Count), new List<IndexMember>());
        foreach (var member in members)
        {
            if (PendingUsage.TryParse(member, out var usage)) usages.Add((member.Member, usage));
            else strays.Add(member);
        }
        if (strays.Count > 0) await SetAsideAsync(partition, strays, cancellationToken).ConfigureAwait(false);

        var isPosted = true;
        StateCorruptionException? damage = null;
        // Those that belong to the same sums go together, which are then changed once.
        foreach (var some in usages.GroupBy(static u => (u.Usage.Tenant, u.Usage.UserId, u.Usage.Day)).SelectMany(static g => g).Chunk(MostRecords))
        {
            try
            {
                isPosted &= await PostAsync(partition, some, audience, cancellationToken).ConfigureAwait(false);
            }
            catch (StateCorruptionException exception)
            {
                damage = exception;
            }
        }
        return damage is null ? isPosted : throw damage;
    }

    /// <summary>Moves what is no usage out of the way, so that it hinders nobody and can still be looked into.</summary>
    private async Task SetAsideAsync(int partition, List<IndexMember> strays, CancellationToken cancellationToken)
    {
        var aside = UsageKeys.SetAside(partition);
        await scope.Storage.CommitAsync(new(
            new RemoveMembers(UsageKeys.Pending(partition), [.. strays.Select(static s => s.Member)]),
            new SetScores(aside, strays),
            new ExpireKey(aside, StateExpiry.After(TimeSpan.FromDays(UsageRetention.SetAsideDays)))), cancellationToken).ConfigureAwait(false);
        UsageLog.SetAside(memory.Logger, strays.Count, partition, UsageRetention.SetAsideDays);
    }

    private async Task<bool> PostAsync(int partition, IReadOnlyList<(string Member, PendingUsage Usage)> usages, UsageAudience audience, CancellationToken cancellationToken)
    {
        try
        {
            return await CommitAsync(new UsagePost(scope, memory, partition, 0, await scope.NowAsync(cancellationToken).ConfigureAwait(false)), usages, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OverflowException || IsDamage(exception))
        {
            // A sum is full, or a damaged one stands in the way of the others.
        }

        StateCorruptionException? damage = null;
        var (others, cause) = (0, (Exception?)null);
        foreach (var usage in usages)
        {
            try
            {
                await PostOneAsync(partition, usage, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (IsDamage(exception))
            {
                if (audience.Concerns(usage.Usage)) damage = new($"A sum that usage belongs to holds something else: {exception.Message} Restore the token usage from a backup.", UsageKeys.Pending(partition).ToString(), exception);
                else (others, cause) = (others + 1, exception);
            }
        }
        if (cause is not null) UsageLog.SumDamaged(memory.Logger, cause, others, partition);
        return damage is null ? true : throw damage;
    }

    private async Task PostOneAsync(int partition, (string Member, PendingUsage Usage) usage, CancellationToken cancellationToken)
    {
        for (var level = 0; ; level++)
        {
            try
            {
                var post = new UsagePost(scope, memory, partition, level, await scope.NowAsync(cancellationToken).ConfigureAwait(false));
                await post.ReadRankAsync(usage.Usage, cancellationToken).ConfigureAwait(false);
                await CommitAsync(post, [usage], cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (OverflowException) when (level < UsageFields.MostLevels)
            {
                // The next level has room.
            }
        }
    }

    private async Task<bool> CommitAsync(UsagePost post, IReadOnlyList<(string Member, PendingUsage Usage)> usages, CancellationToken cancellationToken)
    {
        foreach (var (member, usage) in usages) post.Add(member, usage);
        if (!(await scope.Storage.CommitAsync(post.Build(), cancellationToken).ConfigureAwait(false)).IsCommitted) return false;
        post.Remember();
        return true;
    }

    /// <summary>What a commit throws that finds bytes where it is to add.</summary>
    private static bool IsDamage(Exception exception) => exception is InvalidOperationException and not ObjectDisposedException;

    private static IndexRead Waiting(int partition) => Waiting(partition, null);

    private static IndexRead Waiting(int partition, IndexMember? after) => new(UsageKeys.Pending(partition), limit: MostRead, after: after);
}
