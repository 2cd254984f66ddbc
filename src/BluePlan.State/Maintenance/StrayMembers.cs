using BluePlan.State.Storage;
using Microsoft.Extensions.Logging;

namespace BluePlan.State;

/// <summary>Removes from an index of the housekeeping what names nothing that can be stored.</summary>
/// <remarks>
/// Only maintenance does so. Reads pass over such members and write nothing, since another version may know what they name.
/// </remarks>
internal static partial class StrayMembers
{
    /// <summary>Removes members of an index, and logs how many.</summary>
    /// <param name="storage">The store.</param>
    /// <param name="index">The index.</param>
    /// <param name="strays">The members to remove.</param>
    /// <param name="logger">Where it is logged.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task RemoveAsync(StateStorage storage, StateKey index, IReadOnlyList<string> strays, ILogger logger, CancellationToken cancellationToken)
    {
        if (strays.Count == 0) return;
        await storage.CommitAsync(new(new RemoveMembers(index, strays)), cancellationToken).ConfigureAwait(false);
        LogRemoved(logger, strays.Count, index.Type);
    }

    [LoggerMessage(LogEvents.StrayMembersRemoved, LogLevel.Warning, "{Count} members of an index of {Type} name nothing that can be stored. They were removed; all else goes on. Perhaps a restored backup held them.")]
    private static partial void LogRemoved(ILogger logger, int count, string type);
}
