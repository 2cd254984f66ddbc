using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Counts one request, once.</summary>
internal sealed class UsageRecorder(StateScope scope, UsageKeys keys, UsageMemory memory, UsagePosting posting)
{
    public async Task<bool> RecordAsync(TokenUsage usage, CancellationToken cancellationToken)
    {
        UsageValidation.Check(usage);
        var now = await scope.NowAsync(cancellationToken).ConfigureAwait(false);
        var at = usage.At is { } when ? CheckTime(when, now) : now;
        await new UsageZone(scope, keys, memory).FixAsync(now, cancellationToken).ConfigureAwait(false);

        var detail = UsageValidation.ToDetail(usage, at, usage.CostNanos ?? memory.Prices.Cost(usage, memory.Calendar.DayOf(at)), usage.SessionId is { } session ? keys.HandleOf(session) : null);
        var commit = new UsageCommit(keys, memory, usage, detail, now);
        using var buffer = scope.Codec.EncodeRecord(ValueLocation.Document(commit.Request), detail, UsageJson.Default.UsageDetail);
        OptimisticUpdate? update = null;
        do
        {
            if ((await scope.Storage.CommitAsync(commit.Build(buffer.Written), cancellationToken).ConfigureAwait(false)).IsCommitted)
            {
                commit.Remember();
                if (commit.Posts) await PostAsync(commit.Request.Partition, cancellationToken).ConfigureAwait(false);
                return true;
            }
            update ??= scope.Updates.Begin();
            if (await scope.Storage.ReadAsync(new DocumentRead(commit.Request), cancellationToken).ConfigureAwait(false) is not { } document) continue; // expired in between
            if (scope.Codec.Decode(ValueLocation.Document(commit.Request), document.Value).ReadRecord(UsageJson.Default.UsageDetail).IsSame(detail, usage.At is not null, usage.CostNanos is not null)) return false;
            throw new StateConflictException("A request of this user with this id was already recorded with different values. Give another request an id of its own.", $"request {usage.RequestId}");
        }
        while (await update.TryAgainAsync(cancellationToken).ConfigureAwait(false));
        throw update.Contended("a request of the same id", $"request {usage.RequestId}");
    }

    /// <summary>Posts for those before, too. The request is counted already: whatever happens here, what waits goes on waiting, for the next who records or asks.</summary>
    private async Task PostAsync(int partition, CancellationToken cancellationToken)
    {
        try
        {
            await posting.PostSomeAsync(partition, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            if (!cancellationToken.IsCancellationRequested) UsageLog.NotPosted(memory.Logger, exception);
        }
    }

    private DateTimeOffset CheckTime(DateTimeOffset at, DateTimeOffset now, string parameter = "usage")
    {
        if (at > now + UsageRetention.Ahead) throw new ArgumentOutOfRangeException(parameter, at, $"It lies more than a day ahead: it is {now:O}.");
        var oldest = memory.Calendar.StartOf(memory.Calendar.DayOf(now).AddDays(-UsageRetention.BackdateDays));
        return at >= oldest ? at : throw new ArgumentOutOfRangeException(parameter, at, $"Usage can be recorded back to {oldest:O}, {UsageRetention.BackdateDays} days ago.");
    }
}
