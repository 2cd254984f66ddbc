namespace BluePlan.State.Benchmarks;

/// <summary>A session as a host writes it into a cache: what <see cref="Session{T}"/> tells beside the data.</summary>
internal sealed record CachedSession(string User, long Created, long Active, string Status, ChatState Data);
