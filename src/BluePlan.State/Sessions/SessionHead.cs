using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>What the library itself knows of a session, stored as one line of JSON before the host's data. Times are Unix milliseconds.</summary>
/// <remarks>It is read at every read of a session. The properties have setters since JSON is read twice as fast into them as into a constructor.</remarks>
internal sealed record SessionHead
{
    /// <summary>Whose it is.</summary>
    [JsonRequired]
    public string User { get; set; } = "";

    /// <summary>When it was created.</summary>
    [JsonRequired]
    public long Created { get; set; }

    /// <summary>When it was last created, updated or patched.</summary>
    [JsonRequired]
    public long Active { get; set; }

    /// <summary>What the host says of it.</summary>
    public SessionStatus Status { get; set; }
}
