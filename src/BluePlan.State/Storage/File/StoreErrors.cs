namespace BluePlan.State.Storage;

/// <summary>Turns what a file system throws into what the contract promises.</summary>
internal static class StoreErrors
{
    /// <summary>Damage, with what can be done about it.</summary>
    public static StateCorruptionException Advised(string message, StateCorruptionException damage) =>
        new($"{message} {nameof(FileStateProvider)}.{nameof(FileStateProvider.VerifyAsync)} lists all damage; restore a backup into another directory, or let {nameof(FileStateProvider.RepairAsync)} drop what is damaged and say what that was.", null, damage);

    public static bool IsOfFiles(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>A file that is whole, and that this program does not know: no damage, and nothing to be repaired.</summary>
    public static StateOpenException UnknownVersion(string path, int version, int known) =>
        new($"'{ShownPath.Of(path)}' is of format version {version}, and this program reads version {known}. Open the store with the program that wrote it, or a newer one.", StateOpenFault.Version);

    /// <summary>The settings require a directory that no other user can change.</summary>
    public static StateOpenException NotPrivate(NotPrivateException exception) => new(exception.Message, StateOpenFault.NotPrivate, exception);

    /// <summary>Does what the store can do without.</summary>
    public static void Try(Action work, Action<Exception> report)
    {
        try
        {
            work();
        }
        catch (Exception exception) when (IsOfFiles(exception) && exception is not StoreLostException)
        {
            report(exception);
        }
    }

    /// <summary>What the store had open is no longer what its path leads to.</summary>
    public static StateUnavailableException Lost(string path, Exception loss, bool mayHaveBeenWritten) =>
        new($"The store in '{ShownPath.Of(path)}' has lost its files: {loss.Message} The store refuses to write from now on. Put back what was removed, or restore a backup, and let nothing but the store change its directory; then open the store anew.", mayHaveBeenWritten, loss);

    public static StateUnavailableException Unavailable(string what, string path, Exception exception, bool mayHaveBeenWritten) =>
        exception is StoreLostException ? Lost(path, exception, mayHaveBeenWritten) : new($"The store in '{ShownPath.Of(path)}' {what}: {ShownPath.Of(exception.Message)}", mayHaveBeenWritten, exception);
}
