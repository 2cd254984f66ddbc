namespace BluePlan.State.Redis;

/// <summary>A server's part in replication, as its INFO tells it.</summary>
/// <param name="IsPrimary">Whether it takes itself for a primary.</param>
/// <param name="Id">The history of writes that it is at; empty if it does not tell.</param>
/// <param name="FormerId">The history that it went on with when it became a primary; empty if there is none.</param>
internal sealed record ReplicationFacts(bool IsPrimary, string Id, string FormerId)
{
    private const string Role = "role:";
    private const string ReplicationId = "master_replid:";
    private const string SecondId = "master_replid2:";

    /// <summary>Reads the reply of <c>INFO replication</c>.</summary>
    /// <param name="text">The reply; empty if the server does not tell.</param>
    /// <param name="isPrimary">What the client takes the server for, which counts if the server does not tell.</param>
    public static ReplicationFacts Parse(string text, bool isPrimary)
    {
        var (id, former) = ("", "");
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(Role, StringComparison.Ordinal)) isPrimary = line[Role.Length..].Trim().SequenceEqual("master");
            else if (line.StartsWith(ReplicationId, StringComparison.Ordinal)) id = line[ReplicationId.Length..].Trim().ToString();
            else if (line.StartsWith(SecondId, StringComparison.Ordinal)) former = line[SecondId.Length..].Trim().ToString();
        }
        // A server that never was a replica has zeros in this place.
        return new(isPrimary, id, former.AsSpan().ContainsAnyExcept('0') ? former : "");
    }

    /// <summary>Whether the server has been the primary without a break since it was looked at before.</summary>
    /// <param name="before">What it said then.</param>
    /// <param name="sameConnection">Whether the connection to it was kept, so that the server was not restarted.</param>
    /// <remarks>
    /// The id changes in place when the first replica attaches, and when the backlog of the last one is freed (<c>repl-backlog-ttl</c>). The former id is cleared then.
    /// A server that was a replica in between, and was promoted, has the id of its primary of then as its former id.
    /// </remarks>
    public bool Continues(ReplicationFacts before, bool sameConnection) => Id == before.Id || sameConnection && FormerId.Length == 0;

    /// <summary>Whether this server took over from another, which may not have heard of it.</summary>
    public bool Succeeds(ReplicationFacts other) => other.Id.Length > 0 && FormerId == other.Id;
}
