using System.Diagnostics;
using System.Runtime.InteropServices;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>
/// A line of updates for each key that is being updated in this process. A key is remembered only as long as somebody
/// updates it.
/// </summary>
internal sealed class UpdateQueue
{
    private const int StripeCount = 32;
    private readonly Stripe[] _stripes = new Stripe[StripeCount];

    public UpdateQueue()
    {
        for (var i = 0; i < _stripes.Length; i++) _stripes[i] = new();
    }

    /// <summary>How many keys are being updated now.</summary>
    public int Keys => _stripes.Sum(static stripe => stripe.Count);

    /// <summary>Takes the turn if no other update has it; else waits in line, see <see cref="OptimisticUpdate.Turn"/>.</summary>
    public bool TryEnter(OptimisticUpdate update)
    {
        var stripe = StripeOf(update);
        lock (stripe.Gate)
        {
            ref var holder = ref CollectionsMarshal.GetValueRefOrAddDefault(stripe.Holders, update.Key, out var isHeld);
            if (isHeld)
            {
                update.PrepareToWait();
                update.Place = (holder!.Line ??= []).AddLast(update);
                return false;
            }
            holder = update;
            update.Since = Stopwatch.GetTimestamp();
            return true;
        }
    }

    /// <summary>Gives the turn to the next in line, or leaves the line, or does nothing when the update has neither.</summary>
    public void Exit(OptimisticUpdate update)
    {
        var stripe = StripeOf(update);
        OptimisticUpdate next;
        lock (stripe.Gate)
        {
            if (update.Place is not null)
            {
                Leave(update);
                return;
            }
            if (!stripe.Holders.TryGetValue(update.Key, out var holder) || holder != update) return;
            if (update.Line is not { First: { } first } line)
            {
                stripe.Holders.Remove(update.Key);
                return;
            }
            next = first.Value;
            Leave(next);
            (next.Line, update.Line) = (line, null);
            next.Since = Stopwatch.GetTimestamp();
            stripe.Holders[update.Key] = next;
        }
        next.TakeTurn();
    }

    /// <summary>
    /// Leaves the line if the turn has not moved on for so long; false when it has, or when it is this update's turn by
    /// now.
    /// </summary>
    public bool TryLeaveStalled(OptimisticUpdate update, TimeSpan limit)
    {
        var stripe = StripeOf(update);
        lock (stripe.Gate)
        {
            if (update.Place is null || Stopwatch.GetElapsedTime(stripe.Holders[update.Key].Since) < limit) return false;
            Leave(update);
            return true;
        }
    }

    private static void Leave(OptimisticUpdate update)
    {
        update.Place!.List!.Remove(update.Place);
        update.Place = null;
    }

    private Stripe StripeOf(OptimisticUpdate update) => _stripes[KeyById.Hash(update.Key) & (StripeCount - 1)];

    private sealed class Stripe
    {
        public Lock Gate { get; } = new();

        public Dictionary<StateKey, OptimisticUpdate> Holders { get; } = new(new KeyById());

        public int Count
        {
            get
            {
                lock (Gate) return Holders.Count;
            }
        }
    }

    // The id alone tells nearly all keys apart.
    private sealed class KeyById : IEqualityComparer<StateKey>
    {
        public static int Hash(StateKey key) => key.Id.GetHashCode(StringComparison.Ordinal);

        public bool Equals(StateKey x, StateKey y) => x == y;

        public int GetHashCode(StateKey obj) => Hash(obj);
    }
}
