namespace BluePlan.State.Consistency;

/// <summary>A call that is on its way. What it does in the end may differ from what was said at its beginning.</summary>
internal sealed class Call(IReadOnlyList<long> input)
{
    public IReadOnlyList<long> Input { get; set; } = input;
}
