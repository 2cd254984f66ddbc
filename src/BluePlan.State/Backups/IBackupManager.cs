namespace BluePlan.State;

/// <summary>Backups of the whole store.</summary>
public interface IBackupManager
{
}
