namespace BluePlan.State;

/// <summary>One thing that is wrong with a backup.</summary>
/// <param name="Object">The object in the target that it was found in; null = it is about the backup as a whole.</param>
/// <param name="Message">What is wrong. Never holds content.</param>
public sealed record BackupFault(string? Object, string Message);
