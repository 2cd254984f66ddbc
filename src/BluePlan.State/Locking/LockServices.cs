using Microsoft.Extensions.Logging;

namespace BluePlan.State;

/// <summary>What the lock managers of all tenants of a store share.</summary>
/// <param name="Options">The settings.</param>
/// <param name="Lines">Who waits in this process.</param>
/// <param name="Logger">Where messages go.</param>
internal sealed record LockServices(LockManagerOptions Options, LockLines Lines, ILogger Logger);
