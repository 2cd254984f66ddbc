namespace BluePlan.State;

/// <summary>What one round of maintenance swept.</summary>
/// <param name="Sessions">Expired sessions taken out of their users' listings.</param>
/// <param name="Conversations">Expired conversations taken out of their users' listings.</param>
/// <param name="DataKeys">Expired keys of the host's own data taken out of their categories' listings.</param>
/// <param name="TokenUsage">Quarter-hours of token usage removed past their time, and months summed up.</param>
public sealed record MaintenanceReport(int Sessions, int Conversations, int DataKeys, UsageCleanup TokenUsage);
