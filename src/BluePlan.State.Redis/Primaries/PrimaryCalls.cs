using System.Runtime.CompilerServices;

namespace BluePlan.State.Redis;

/// <summary>Makes calls to the primary that was chosen, counts no answer that another one may have given, and says in the contract's words what went wrong.</summary>
internal sealed class PrimaryCalls(RedisConnection connection, StoreMarker marker, PrimaryElection election)
{
    // How often a read is repeated that another primary may have answered.
    private const int MostReads = 3;

    /// <summary>Looks at the servers and the marker if anything calls for it; what is sent from now on belongs to the term that is returned.</summary>
    /// <param name="duringRestore">Whether a restore that has begun and not ended is no obstacle.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="StateUnavailableException">There is no certain primary, or a restore has begun and not ended.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<PrimaryTerm> BeginAsync(bool duringRestore, CancellationToken cancellationToken)
    {
        if (!election.Stands) marker.Doubt();
        if (!marker.IsChecked)
        {
            try
            {
                await marker.CheckAsync(duringRestore, cancellationToken).ConfigureAwait(false);
            }
            catch (StateOpenException exception)
            {
                // The store was opened; another one has taken its place since.
                throw new StateUnavailableException(exception.Message, false, exception);
            }
            catch (Exception exception) when (RedisFaults.IsFault(exception))
            {
                throw RedisFaults.Translate(exception, writes: false, connection.Servers);
            }
        }
        return new(connection, election);
    }

    /// <summary>Reads, and reads again if another primary may have answered.</summary>
    /// <param name="arguments">What is read, and by what.</param>
    /// <param name="read">Sends the read.</param>
    /// <param name="cancellationToken">Cancels the wait; what was sent takes its course.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TReply> ReadAsync<TArguments, TReply>(TArguments arguments, Func<TArguments, ValueTask<TReply>> read, CancellationToken cancellationToken)
    {
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var term = await BeginAsync(duringRestore: false, cancellationToken).ConfigureAwait(false);
                var reply = await Cancellable(read(arguments), cancellationToken).ConfigureAwait(false);
                if (term.Holds) return reply;
                if (attempt == MostReads) throw term.Changed(writes: false);
            }
        }
        catch (Exception exception) when (RedisFaults.IsFault(exception))
        {
            throw RedisFaults.Translate(exception, writes: false, connection.Servers);
        }
    }

    /// <summary>Writes, once.</summary>
    /// <param name="arguments">What is written, and by what.</param>
    /// <param name="write">Sends the write.</param>
    /// <param name="writes">Whether it can change anything.</param>
    /// <param name="cancellationToken">Cancels the wait; what was sent takes its course.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TReply> WriteAsync<TArguments, TReply>(TArguments arguments, Func<TArguments, ValueTask<TReply>> write, Func<TArguments, bool> writes, CancellationToken cancellationToken)
    {
        var term = await BeginAsync(duringRestore: false, cancellationToken).ConfigureAwait(false);
        try
        {
            var reply = await Cancellable(write(arguments), cancellationToken).ConfigureAwait(false);
            return term.Holds ? reply : throw term.Changed(writes(arguments));
        }
        catch (Exception exception) when (RedisFaults.IsFault(exception))
        {
            throw RedisFaults.Translate(exception, writes(arguments), connection.Servers);
        }
    }

    private static ValueTask<T> Cancellable<T>(ValueTask<T> call, CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled ? new(call.AsTask().WaitAsync(cancellationToken)) : call;
}
