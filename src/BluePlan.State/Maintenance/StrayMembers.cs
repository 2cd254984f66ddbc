using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Takes out of a listing what can be no member of it, so that the next page is whole.</summary>
internal sealed class StrayMembers(StateScope scope, StateType type)
{
    /// <summary>Removes those that are no members, and logs how many.</summary>
    public async Task RemoveAsync(StateKey listing, IEnumerable<IndexMember> members, CancellationToken cancellationToken)
    {
        string[] strays = [.. members.Where(m => !type.IsMember!(m)).Select(static m => m.Member)];
        if (strays.Length == 0) return;
        await scope.Storage.CommitAsync(new(new RemoveMembers(listing, strays)), cancellationToken).ConfigureAwait(false);
        SetAsideLog.Removed(scope.Logger, strays.Length, type.Name);
    }

    /// <summary>The same for a reader, who passes over them if the store refuses to be written to.</summary>
    /// <returns>Whether they are removed.</returns>
    public async Task<bool> TryRemoveAsync(StateKey listing, IEnumerable<IndexMember> members, CancellationToken cancellationToken)
    {
        try
        {
            await RemoveAsync(listing, members, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (StateUnavailableException)
        {
            return false; // the page passes over them; the next listing tries again
        }
    }
}
