namespace BluePlan.State.Conformance;

/// <summary>A fixture that knows whether its test kept to its time; <see cref="RepeatWhenLateAttribute"/> asks it.</summary>
public interface ITimedTest
{
    /// <summary>Whether the test took so much longer than it meant to that its failure would say nothing. Never where time stands still.</summary>
    bool IsLate { get; }
}
