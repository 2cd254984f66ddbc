using System.Runtime.CompilerServices;
using BluePlan.State.Storage;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Applies commits: a lone put without a condition and a lone deletion by a command, everything else by one script.</summary>
/// <param name="provider">The provider, for the message of a refusal.</param>
/// <param name="connection">The connection.</param>
/// <param name="keys">What keys are called.</param>
/// <param name="clock">The server's clock.</param>
/// <param name="replicated">Runs the scripts when replicas must confirm commits, which are scripts all then; null = they need not.</param>
internal sealed class RedisCommits(IStateProvider provider, RedisConnection connection, RedisKeys keys, ServerClock clock, ReplicatedCommits? replicated)
{
    /// <summary>Copies the commit's bytes before it returns.</summary>
    public ValueTask<CommitResult> CommitAsync(StateCommit commit)
    {
        DateTimeOffset? behind = clock.IsBehind ? clock.Now : null;
        if (commit.Operations.Count == 1 && replicated is null)
        {
            switch (commit.Operations[0])
            {
                case PutDocument { Condition.Kind: StateConditionKind.None } put when ExpiryPlan.Of(put.Expiry, behind) is { Mode: 'N' or 'X' } plan: return PutAsync(put, commit.ETag, plan);
                case DeleteKey delete: return delete.Key.Shape is StateShape.Log ? DeleteLogAsync(commit, behind, delete.Key) : DeleteAsync(delete.Key);
            }
        }
        return RunAsync(commit, behind);
    }

    /// <summary>Waits until replicas hold everything that the primary of a key holds now, when they must confirm commits.</summary>
    public Task ConfirmAsync(StateKey key) => replicated?.ConfirmAsync(keys.Of(key)) ?? Task.CompletedTask;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<CommitResult> PutAsync(PutDocument put, StateETag etag, ExpiryPlan plan)
    {
        await connection.SendAsync((key: keys.Of(put.Key), value: DocumentHeader.Write(etag, plan, put.Value.Span), lifetime: plan.Mode == 'X' ? put.Expiry.Window : (TimeSpan?)null),
            static (primary, a) => primary.SetAsync(a.key, a.value, a.lifetime)).ConfigureAwait(false);
        return new([default]);
    }

    private async ValueTask<CommitResult> DeleteAsync(StateKey key) =>
        new([new(Count: await connection.SendAsync<RedisKey, bool>(keys.Of(key), static (primary, name) => primary.DeleteAsync(name)).ConfigureAwait(false) ? 1 : 0)]);

    private async ValueTask<CommitResult> DeleteLogAsync(StateCommit commit, DateTimeOffset? behind, StateKey key)
    {
        try
        {
            return new([new(Count: await connection.SendAsync<RedisKey[], long>([keys.Of(key), keys.EntriesOf(key)], static (primary, names) => primary.DeleteAsync(names)).ConfigureAwait(false) > 0 ? 1 : 0)]);
        }
        catch (RedisServerException exception) when (RedisFaults.IsMoving(exception))
        {
            // Its two keys are on their way to another node: a script is asked again until they are there.
            return await RunAsync(commit, behind).ConfigureAwait(false);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<CommitResult> RunAsync(StateCommit commit, DateTimeOffset? behind)
    {
        var request = new CommitRequest(provider, commit, keys, connection.ChannelPrefix, behind);
        var reply = replicated is null ? await connection.EvaluateAsync(request.Script, request.Keys, request.Values).ConfigureAwait(false)
            : await replicated.EvaluateAsync(commit, request).ConfigureAwait(false);
        return CommitReply.Read(commit, reply);
    }
}
