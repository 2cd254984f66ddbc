using System.Diagnostics;
using System.Numerics;

namespace BluePlan.State.Consistency;

/// <summary>
/// Decides whether operations on one object can have happened one after another, each at an instant between its beginning and its end.
/// </summary>
/// <remarks>
/// The search is that of Wing and Gong ("Testing and verifying concurrent objects", J. Parallel Distrib. Comput. 17, 1993) with the memory
/// of Lowe ("Testing for linearizability", Concurrency and Computation 29, 2017),
/// as in Porcupine: take an operation that may be next, step the model, go back when stuck, and never visit a pair of (operations taken,
/// state) twice. Operations of unknown outcome may come at any time after
/// their beginning, or never: the search ends when all others are placed. One that was acknowledged and may be lost comes before its end,
/// or never. Five rules keep the search short and leave out no answer:
/// <list type="bullet">
/// <item>What is possible and changes nothing is placed at once, since it fits nowhere better. Not so if an operation could come before it
/// only.</item>
/// <item>One of unknown outcome that can come at any time is placed only where it makes an operation possible that was not, since anywhere
/// else an order without it is as good.</item>
/// <item>Operations that take effect in every state and whose values were never read are alike: the one that must come first, or else
/// the first to begin, is placed first.</item>
/// <item>An operation that can come no more counts as placed when two ways are compared.</item>
/// <item>Operations whose values were never read are left out if no operation can tell two such values apart.</item>
/// </list>
/// </remarks>
/// <param name="model">The model.</param>
/// <param name="steps">The most steps of a search, which bounds its time and memory.</param>
internal sealed class Linearizability<TState>(ISequentialModel<TState> model, int steps = Linearizability<TState>.DefaultSteps)
    where TState : struct, IEquatable<TState>
{
    /// <summary>Enough for what a workload writes to one object, within seconds.</summary>
    public const int DefaultSteps = 40_000_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Searches an order.</summary>
    /// <param name="operations">The operations, in any order, without those that proved to have done nothing.</param>
    /// <returns>True when there is one; null when the search was given up.</returns>
    public bool? Check(IEnumerable<Operation> operations)
    {
        Operation[] all = [.. WithoutUnseen([.. operations]).OrderBy(static operation => operation.Begun)];
        var observed = all.SelectMany(model.Observed).ToHashSet();
        var isUnknown = Array.ConvertAll(all, static operation => operation.Outcome is Outcome.Unknown);
        var isAlike = Array.ConvertAll(all, operation => operation.Outcome is Outcome.Unknown && model.IsUnconditional(operation)
            && model.Written(operation) is { } value && !observed.Contains(value));
        var open = all.Count(static operation => operation.Outcome is not Outcome.Unknown);
        var taken = new ulong[(all.Length + 63) / 64];
        var seen = new HashSet<Configuration>();
        var path = new Stack<(TState State, int[] Candidates, int Next)>();
        var chosen = new Stack<int>();
        var begun = Stopwatch.GetTimestamp();
        TState state = default;
        int[] candidates = Decided(all, taken, Candidates(all, taken, isAlike), state);
        var (at, count) = (0, 0);
        while (open > 0)
        {
            if (++count > steps || (count & 0xFFF) == 0 && Stopwatch.GetElapsedTime(begun) > Limit) return null;
            if (at < candidates.Length)
            {
                var index = candidates[at++];
                if (!model.TryStep(state, all[index], out var next)) continue;
                if (isUnknown[index] && !all[index].IsLosable && !model.CountsChanges && !MakesPossible(all, candidates, state, next)) continue;
                taken[index / 64] |= 1UL << (index % 64);
                if (!seen.Add(new(Spent(all, taken), next)))
                {
                    taken[index / 64] &= ~(1UL << (index % 64));
                    continue;
                }
                path.Push((state, candidates, at));
                chosen.Push(index);
                if (all[index].Outcome is not Outcome.Unknown) open--;
                (state, at) = (next, 0);
                candidates = Decided(all, taken, Candidates(all, taken, isAlike), state);
            }
            else
            {
                if (path.Count == 0) return false;
                var index = chosen.Pop();
                taken[index / 64] &= ~(1UL << (index % 64));
                if (all[index].Outcome is not Outcome.Unknown) open++;
                (state, candidates, at) = path.Pop();
            }
        }
        return true;
    }

    /// <summary>
    /// Those that began before the first end of what is not taken yet, and that can still come: the known ones by their ends, then the
    /// unknown ones.
    /// </summary>
    private static int[] Candidates(Operation[] all, ulong[] taken, bool[] isAlike)
    {
        var firstEnd = long.MaxValue;
        var now = Now(all, taken);
        var list = new List<int>();
        var alike = -1;
        for (var i = 0; i < all.Length && all[i].Begun <= firstEnd; i++)
        {
            if (IsTaken(taken, i) || all[i].Deadline < now) continue;
            if (!isAlike[i]) list.Add(i);
            else if (alike < 0 || all[i].Deadline < all[alike].Deadline) alike = i;
            firstEnd = Math.Min(firstEnd, all[i].Latest);
        }
        if (alike >= 0) list.Add(alike);
        list.Sort((left, right) => all[left].Latest.CompareTo(all[right].Latest));
        return [.. list];
    }

    /// <summary>One that is known, possible and changes nothing, alone; all candidates when there is none.</summary>
    private int[] Decided(Operation[] all, ulong[] taken, int[] candidates, TState state)
    {
        foreach (var index in candidates)
            if (all[index].Outcome is not Outcome.Unknown && model.TryStep(state, all[index], out var next)
                && next.Equals(state) && !EndsAnother(all, taken, index)) return [index];
        return candidates;
    }

    /// <summary>Whether an operation that is not taken can come before another one only.</summary>
    private static bool EndsAnother(Operation[] all, ulong[] taken, int index)
    {
        var now = Now(all, taken);
        for (var i = 0; i < index; i++)
            if (!IsTaken(taken, i) && all[i].IsLosable && all[i].Deadline >= now && all[i].Deadline < all[index].Begun) return true;
        return false;
    }

    /// <summary>What is taken, and what can come no more.</summary>
    private static ulong[] Spent(Operation[] all, ulong[] taken)
    {
        ulong[] spent = [.. taken];
        var now = Now(all, taken);
        for (var i = 0; i < all.Length && all[i].Begun <= now; i++)
            if (all[i].IsLosable && all[i].Deadline < now) spent[i / 64] |= 1UL << (i % 64);
        return spent;
    }

    /// <summary>The latest beginning of what is taken. Whatever comes next takes effect no sooner.</summary>
    private static long Now(Operation[] all, ulong[] taken)
    {
        for (var part = taken.Length - 1; part >= 0; part--)
            if (taken[part] != 0) return all[part * 64 + 63 - BitOperations.LeadingZeroCount(taken[part])].Begun;
        return long.MinValue;
    }

    private static bool IsTaken(ulong[] taken, int index) => (taken[index / 64] >> (index % 64) & 1) != 0;

    /// <summary>Leaves out operations of unknown outcome whose values were never read, and then those that only these read.</summary>
    private List<Operation> WithoutUnseen(List<Operation> operations)
    {
        if (model.CountsChanges || operations.Exists(model.TellsUnseen)) return operations;
        while (true)
        {
            var observed = operations.SelectMany(model.Observed).ToHashSet();
            if (operations.RemoveAll(operation => operation.Outcome is Outcome.Unknown && model.Written(operation) is { } value
                && !observed.Contains(value)) == 0) return operations;
        }
    }

    private bool MakesPossible(Operation[] all, int[] candidates, TState before, TState after)
    {
        foreach (var index in candidates)
            if (model.TryStep(after, all[index], out _) && !model.TryStep(before, all[index], out _)) return true;
        return false;
    }

    private readonly struct Configuration(ulong[] taken, TState state) : IEquatable<Configuration>
    {
        private readonly ulong[] _taken = taken;
        private readonly TState _state = state;

        public bool Equals(Configuration other) => _state.Equals(other._state) && _taken.AsSpan().SequenceEqual(other._taken);

        public override bool Equals(object? obj) => obj is Configuration other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(_state);
            foreach (var part in _taken) hash.Add(part);
            return hash.ToHashCode();
        }
    }
}
