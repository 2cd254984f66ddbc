namespace BluePlan.State;

/// <summary>An object in a backup target.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">How many bytes it has.</param>
public readonly record struct BackupObject(string Name, long Bytes);
