namespace BluePlan.State;

/// <summary>What the host's start needs of every follower, whatever its type.</summary>
internal interface IConfigOptionsFollower
{
    /// <summary>Begins to follow, and ends with the store's first answer, good or bad; with an exception when following can never work.</summary>
    Task StartAsync();
}
