using Microsoft.Extensions.Logging;

namespace BluePlan.State;

/// <summary>What is logged when something in an index is none of its members.</summary>
internal static partial class SetAsideLog
{
    [LoggerMessage(LogEvents.MembersSetAside, LogLevel.Warning, "{Count} members of an index of {Type} name nothing that can be stored. They were removed; all else goes on. Perhaps a restored backup held them.")]
    public static partial void Removed(ILogger logger, int count, string type);
}
