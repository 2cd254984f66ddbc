using System.Runtime.CompilerServices;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Keeps backups in a directory: each object a file, in subdirectories as its name says.</summary>
/// <remarks>
/// <para>An object is written to a temporary file, brought to disk, renamed, and its directory brought to disk too; so it is there whole and durable, or not at all. Files and directories that
/// are made can be read by their owner only (modes 0600 and 0700; on Windows they inherit).</para>
/// <para>The directory may be a link. In it no link is followed: one is neither listed nor read, written through or deleted, and a call that names one is refused.</para>
/// <para>Several processes may share the directory, and several machines when its file system allows. Put it on another disk than the store. It may be copied as it is, to move or mirror
/// backups.</para>
/// </remarks>
public sealed class DirectoryBackupTarget : IBackupTarget
{
    private readonly BackupDirectory _directory;

    /// <summary>Keeps backups in a directory.</summary>
    /// <param name="directory">Where; a relative path counts from the current directory. It is made by the first write.</param>
    /// <exception cref="ArgumentException">The path is empty or malformed.</exception>
    public DirectoryBackupTarget(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        _directory = new(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)));
    }

    /// <summary>The directory's full path.</summary>
    public string Description => _directory.Shown;

    /// <inheritdoc/>
    public async Task WriteAsync(string name, Stream content, CancellationToken cancellationToken = default)
    {
        BackupObjectName.Check(name);
        ArgumentNullException.ThrowIfNull(content);
        cancellationToken.ThrowIfCancellationRequested();
        BackupDraft? draft = null;
        try
        {
            draft = _directory.Begin();
            await draft.WriteAsync(content, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            _directory.Publish(draft, name);
        }
        catch (Exception exception)
        {
            draft?.Discard(exception);
            if (BackupDirectory.IsRefusal(exception)) throw Unavailable("written", name, exception);
            throw;
        }
        finally
        {
            draft?.Dispose();
        }
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken = default)
    {
        BackupObjectName.Check(name);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return Task.FromResult<Stream?>(_directory.Open(name));
        }
        catch (Exception exception) when (BackupDirectory.IsRefusal(exception))
        {
            throw Unavailable("read", name, exception);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BackupObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var item in List(prefix, cancellationToken)) yield return item;
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        BackupObjectName.Check(name);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return Task.FromResult(_directory.Delete(name));
        }
        catch (Exception exception) when (BackupDirectory.IsRefusal(exception))
        {
            throw Unavailable("deleted", name, exception);
        }
    }

    private List<BackupObject> List(string prefix, CancellationToken cancellationToken)
    {
        try
        {
            return _directory.List(prefix, cancellationToken);
        }
        catch (Exception exception) when (BackupDirectory.IsRefusal(exception))
        {
            throw Unavailable("listed", prefix, exception);
        }
    }

    private StateUnavailableException Unavailable(string what, string name, Exception cause) =>
        new($"'{name}' cannot be {what} in the directory {Description}: {ShownPath.Of(cause.Message).TrimEnd('.')}. Check that it is there, that its disk has room, and that this process may read and write it.", mayHaveBeenWritten: what != "read" && what != "listed", cause);
}
