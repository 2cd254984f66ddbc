namespace BluePlan.State.Benchmarks;

/// <summary>A server whose processor time is part of what an operation costs.</summary>
internal interface IServerTime
{
    /// <summary>What its process has used so far.</summary>
    Task<TimeSpan> ProcessorTimeAsync();
}
