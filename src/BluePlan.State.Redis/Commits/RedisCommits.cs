using BluePlan.State.Storage;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Applies commits: a lone put without a condition and a lone deletion by a command, everything else by one script.</summary>
/// <param name="connection">The connection.</param>
/// <param name="keys">What keys are called.</param>
/// <param name="replicated">Runs the scripts when replicas must confirm commits, which are scripts all then; null = they need not.</param>
internal sealed class RedisCommits(RedisConnection connection, RedisKeys keys, ReplicatedCommits? replicated)
{
    /// <summary>Sends the commit before it returns, so that its bytes are copied by then.</summary>
    public Task<CommitResult> CommitAsync(StateCommit commit)
    {
        if (commit.Operations.Count == 1 && replicated is null)
        {
            switch (commit.Operations[0])
            {
                case PutDocument { Condition.Kind: StateConditionKind.None } put when ExpiryPlan.Of(put.Expiry) is { Mode: 'N' or 'X' } plan: return PutAsync(put, plan);
                case DeleteKey delete: return delete.Key.Shape is StateShape.Log ? DeleteLogAsync(commit, delete.Key) : DeleteAsync(delete.Key);
            }
        }
        return RunAsync(commit);
    }

    private async Task<CommitResult> PutAsync(PutDocument put, ExpiryPlan plan)
    {
        await connection.Database.StringSetAsync(keys.Of(put.Key), DocumentHeader.Write(put.ETag, plan, put.Value.Span), plan.Mode == 'X' ? put.Expiry.Window : null, When.Always).ConfigureAwait(false);
        return new([default]);
    }

    private async Task<CommitResult> DeleteAsync(StateKey key) =>
        new([new(Count: await connection.Database.KeyDeleteAsync(keys.Of(key)).ConfigureAwait(false) ? 1 : 0)]);

    private async Task<CommitResult> DeleteLogAsync(StateCommit commit, StateKey key)
    {
        try
        {
            return new([new(Count: await connection.Database.KeyDeleteAsync([keys.Of(key), keys.EntriesOf(key)]).ConfigureAwait(false) > 0 ? 1 : 0)]);
        }
        catch (RedisServerException exception) when (RedisFaults.IsMoving(exception))
        {
            // Its two keys are on their way to another node: a script is asked again until they are there.
            return await RunAsync(commit).ConfigureAwait(false);
        }
    }

    private async Task<CommitResult> RunAsync(StateCommit commit)
    {
        var request = new CommitRequest(commit, keys, connection.ChannelPrefix);
        var reply = replicated is null ? await connection.EvaluateAsync(connection.Database, request.Script, request.Keys, request.Values).ConfigureAwait(false)
            : await replicated.EvaluateAsync(request).ConfigureAwait(false);
        return CommitReply.Read(commit, reply);
    }
}
