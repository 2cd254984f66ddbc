using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>A file that is to become an object, under a name that nobody has.</summary>
/// <param name="folder">Where it is, which is this object's.</param>
/// <param name="name">Its name.</param>
internal sealed class BackupDraft(ILocalFolder folder, string name) : IDisposable
{
    public ILocalFolder Folder => folder;

    public string Name => name;

    /// <summary>Writes the content, and makes it durable.</summary>
    public async Task WriteAsync(Stream content, CancellationToken cancellationToken)
    {
        var file = new FileStream(folder.CreateStream(name), FileAccess.Write, 0, isAsync: OperatingSystem.IsWindows());
        await using var closing = file.ConfigureAwait(false);
        await content.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
        await file.FlushAsync(cancellationToken).ConfigureAwait(false);
        NativeFiles.Flush(file.SafeFileHandle, name);
    }

    /// <inheritdoc cref="BackupDirectory.Discard"/>
    public void Discard(Exception failure) => BackupDirectory.Discard(folder, name, failure);

    public void Dispose() => folder.Dispose();
}
