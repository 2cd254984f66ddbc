namespace BluePlan.State.Consistency;

/// <summary>What a proxy does with a connection.</summary>
internal enum LinkState
{
    /// <summary>Passes both directions on.</summary>
    Open,

    /// <summary>Passes requests on and drops the replies.</summary>
    Swallow,

    /// <summary>Passes nothing on; both ends believe that the connection lives, and new ones are accepted.</summary>
    HalfOpen,

    /// <summary>Closes connections and refuses new ones.</summary>
    Cut,
}
