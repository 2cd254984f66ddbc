namespace BluePlan.State;

/// <summary>Where backups live. Objects are written once and never changed. Implementations are thread-safe.</summary>
public interface IBackupTarget
{
    /// <summary>For messages: what and where, for instance the directory's path; no secrets.</summary>
    string Description { get; }

    /// <summary>Writes an object: afterwards it is there complete and durable, or, after a failure, absent.</summary>
    /// <exception cref="StateConflictException">An object of that name is there.</exception>
    Task WriteAsync(string name, Stream content, CancellationToken cancellationToken = default);

    /// <summary>Opens an object; null when it is absent. The caller disposes the stream.</summary>
    Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>The names of all objects that begin with a prefix, in any order.</summary>
    IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>Deletes an object; false when it is absent.</summary>
    Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default);
}
