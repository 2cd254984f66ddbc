namespace BluePlan.State;

/// <inheritdoc cref="IBackupManager"/>
internal sealed class BackupManager(StateScope scope, IBackupTarget target) : IBackupManager
{
    private readonly StateScope _scope = scope;
    private readonly IBackupTarget _target = target;
}
