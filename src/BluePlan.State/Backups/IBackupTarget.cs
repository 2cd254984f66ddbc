namespace BluePlan.State;

/// <summary>
/// Where backups live: a flat set of named objects that are written once and never changed. Implement it to keep backups elsewhere, for instance in an object store.
/// </summary>
/// <remarks>
/// <para><b>Names</b> are one or more segments of 1 to 100 characters from <c>a–z 0–9 . _ -</c>, not beginning with a dot, parted by <c>/</c>; at most 250 characters together. Another name is
/// refused with <see cref="ArgumentException"/>.</para>
/// <para><b>Consistency.</b> What one call has written or deleted every later call sees, of any process.</para>
/// <para><b>Failures.</b> <see cref="StateUnavailableException"/> when the target cannot be reached, is full or refuses; <see cref="OperationCanceledException"/> when the token
/// fired. All members may be called at once from many threads.</para>
/// </remarks>
public interface IBackupTarget
{
    /// <summary>For messages: what and where, for instance the directory's path; no secrets.</summary>
    string Description { get; }

    /// <summary>Writes an object: afterwards it is there complete and durable, or, after a failure or cancellation, absent.</summary>
    /// <param name="name">The name.</param>
    /// <param name="content">Read from its position to its end; stays the caller's.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="StateConflictException">An object of that name is there; it stays as it is.</exception>
    Task WriteAsync(string name, Stream content, CancellationToken cancellationToken = default);

    /// <summary>Opens an object for reading from its beginning; null when it is absent. The caller disposes the stream.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>All objects whose names begin with a prefix, in any order.</summary>
    /// <param name="prefix">Empty, or the beginning of names, for instance <c>manifests/</c>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    IAsyncEnumerable<BackupObject> ListAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>Deletes an object; false when it is absent.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default);
}
