using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace BluePlan.State.Storage;

/// <summary>Who causes a commit, for audit and telemetry. A provider may ignore it.</summary>
public sealed record CommitContext
{
    /// <summary>The manager's operation, for instance <c>session create</c>. Holds no ids and no content.</summary>
    public required string Operation { get; init; }

    /// <summary>On whose behalf the commit happens; null = not known.</summary>
    public string? Actor { get; init; }

    /// <summary>The trace that the commit belongs to; <c>default</c> = none.</summary>
    public ActivityContext Trace { get; init; }

    // Whatever prints it, a log above all, is shown no user.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Trace = {Trace.TraceId}");
        return true;
    }
}
