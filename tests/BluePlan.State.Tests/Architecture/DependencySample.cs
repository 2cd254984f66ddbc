using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>Mentions types where only a body does, to prove that the search for dependencies sees them.</summary>
internal static class DependencySample
{
    public static async Task<object?> MentionAsync(object given)
    {
        Func<StateKey, object> closure = key => new StateCommit(new DeleteKey(key), (StateOperation)given);
        await Task.Yield();
        try
        {
            return given is MapRead ? new List<StatePage<int>>() : closure(default);
        }
        catch (StateConflictException)
        {
            return null;
        }
    }
}
