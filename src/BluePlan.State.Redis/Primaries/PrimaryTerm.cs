namespace BluePlan.State.Redis;

/// <summary>The time in which one primary is followed. An answer counts if it arrives in the term in which its command was sent.</summary>
internal readonly struct PrimaryTerm(RedisConnection connection, PrimaryElection election)
{
    private readonly long _number = election.Term;

    /// <summary>Whether what was answered came from the primary that was chosen before it was sent.</summary>
    public bool Holds => (_number & 1) == 0 && election.Stands && election.Term == _number;

    /// <summary>What is thrown in place of an answer that does not count.</summary>
    /// <param name="writes">Whether the command would have written.</param>
    public StateUnavailableException Changed(bool writes) => PrimaryFaults.Changed(connection.Servers, writes);
}
