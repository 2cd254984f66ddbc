using System.Text.Json.Nodes;

namespace BluePlan.State;

/// <inheritdoc cref="ISessionManager"/>
/// <remarks>Checks the arguments before there is a task; the work is that of the classes that it hands them to.</remarks>
internal sealed class SessionManager : ISessionManager
{
    private readonly StateScope _scope;
    private readonly SessionManagerOptions _settings;
    private readonly SessionStorage _sessions;
    private readonly SessionReader _reader;
    private readonly SessionWriter _writer;
    private readonly SessionRemover _remover;

    public SessionManager(StateScope scope, SessionManagerOptions settings)
    {
        (_scope, _settings) = (scope, settings);
        _sessions = new(scope);
        _reader = new(scope, _sessions);
        _writer = new(scope, _sessions);
        _remover = new(scope, _sessions);
    }

    public Task<Session<T>> CreateAsync<T>(string userId, T data, SessionCreateOptions? options, CancellationToken cancellationToken)
    {
        StateName.Check(userId);
        ArgumentNullException.ThrowIfNull(data);
        var expiry = options?.Expiry ?? StateExpiry.Sliding(_settings.Timeout, _settings.AbsoluteTimeout);
        if (expiry.Kind is StateExpiryKind.Keep) throw new ArgumentException("A new session has no expiry to keep.", nameof(options));
        if (options?.HostSessionId is { } hostId) StateName.Check(hostId, nameof(options));
        return _writer.CreateAsync(userId, data, expiry, options?.HostSessionId, cancellationToken);
    }

    public ValueTask<string> GetIdAsync(string userId, string hostSessionId, CancellationToken cancellationToken)
    {
        StateName.Check(userId);
        StateName.Check(hostSessionId);
        return IdOfAsync(userId, hostSessionId, cancellationToken);
    }

    public Task<Session<T>?> GetAsync<T>(string sessionId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(sessionId);
        return _reader.ReadAsync<T>(sessionId, slide: true, cancellationToken);
    }

    public Task<Session<T>?> PeekAsync<T>(string sessionId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(sessionId);
        return _reader.ReadAsync<T>(sessionId, slide: false, cancellationToken);
    }

    public Task<Session<T>?> UpdateAsync<T>(string sessionId, Func<T, CancellationToken, ValueTask<T>> update, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(sessionId);
        ArgumentNullException.ThrowIfNull(update);
        return _writer.UpdateAsync(sessionId, update, cancellationToken);
    }

    public Task<Session<T>?> SaveAsync<T>(Session<T> session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (string.IsNullOrEmpty(session.Id)) throw new ArgumentException("The session has no id. JSON does not hold it: set it after reading a session from JSON.", nameof(session));
        if (session.ETag.IsEmpty) throw new ArgumentException("The session has no ETag. Save a session that was read.", nameof(session));
        if (session.Data is null) throw new ArgumentException("The session has no data. To end a session, delete it.", nameof(session));
        return _writer.SaveAsync(session, cancellationToken);
    }

    public Task<bool> PatchAsync(string sessionId, JsonObject patch, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(sessionId);
        ArgumentNullException.ThrowIfNull(patch);
        if (!_scope.Codec.IsJson) throw new NotSupportedException("A merge patch needs data in JSON, and this store writes by a serializer of the host's own. Use UpdateAsync.");
        return _writer.PatchAsync(sessionId, MergePatch.Read(patch), cancellationToken);
    }

    public Task<bool> SetStatusAsync(string sessionId, SessionStatus status, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(sessionId);
        if (!Enum.IsDefined(status)) throw new ArgumentOutOfRangeException(nameof(status), status, "Unknown status.");
        return _writer.SetStatusAsync(sessionId, status, cancellationToken);
    }

    public Task<string?> RotateAsync(string sessionId, string? newUserId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(sessionId);
        if (newUserId is not null) StateName.Check(newUserId);
        return new SessionRotation(_scope, _sessions).RotateAsync(sessionId, newUserId, cancellationToken);
    }

    public Task<bool> DeleteAsync(string sessionId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(sessionId);
        return _remover.DeleteAsync(sessionId, cancellationToken);
    }

    public Task<bool> RevokeAsync(string userId, string handle, CancellationToken cancellationToken)
    {
        StateName.Check(userId);
        ArgumentException.ThrowIfNullOrEmpty(handle);
        return SessionId.IsHandle(handle) ? _remover.RevokeAsync(userId, handle, cancellationToken) : Task.FromResult(false);
    }

    public Task<int> DeleteAllAsync(string userId, CancellationToken cancellationToken)
    {
        StateName.Check(userId);
        return _remover.DeleteAllAsync(userId, cancellationToken);
    }

    public Task<StatePage<ListedSession<T>>> ListAsync<T>(string userId, int pageSize, string? after, CancellationToken cancellationToken)
    {
        StateName.Check(userId);
        if (pageSize is < 1 or > SessionListing.MaximumPageSize) throw new ArgumentOutOfRangeException(nameof(pageSize), pageSize, $"A page holds 1 to {SessionListing.MaximumPageSize:N0} sessions.");
        return new SessionListing(_scope, _sessions).ListAsync<T>(userId, pageSize, SessionListing.ParseAfter(after), cancellationToken);
    }

    public Task<int> CleanupAsync(CancellationToken cancellationToken) => _sessions.Expiry.SweepAsync(SessionStorage.Find, cancellationToken);

    private async ValueTask<string> IdOfAsync(string userId, string hostSessionId, CancellationToken cancellationToken)
    {
        await _scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        return SessionId.For(_scope.Tenant, userId, hostSessionId).Text;
    }
}
