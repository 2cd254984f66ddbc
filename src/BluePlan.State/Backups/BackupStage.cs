namespace BluePlan.State;

/// <summary>What a long call is at. A call goes through one or several stages, some perhaps twice.</summary>
public enum BackupStage
{
    /// <summary>Reading the store and writing chunks; in keys, the total unknown.</summary>
    Creating = 0,

    /// <summary>Reading chunks and comparing them with the manifest; in stored bytes.</summary>
    Checking = 1,

    /// <summary>Writing keys into a store; in keys, of a backup with those that the selection leaves out.</summary>
    Writing = 2,

    /// <summary>Looking through a store for keys that the restore does not have, and deleting them; in keys looked at, the total unknown.</summary>
    Removing = 3,
}
