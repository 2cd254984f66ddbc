namespace BluePlan.State;

/// <summary>What is stored before each version's value. A deletion is a head without a value.</summary>
internal sealed record ConfigHead(long Version, DateTimeOffset SavedAt, bool Deleted = false);
