namespace BluePlan.State.Consistency;

/// <summary>Operations that followed each other.</summary>
internal static class Successions
{
    /// <summary>
    /// Finds operations whose number is below that of one that had ended when they began, each with the greatest of those.
    /// </summary>
    public static IEnumerable<(Operation First, Operation Second)> Falling(IReadOnlyList<Operation> operations, Func<Operation,
        long> number)
    {
        Operation[] byEnd = [.. operations.OrderBy(static operation => operation.Ended)];
        Operation? greatest = null;
        var ended = 0;
        foreach (var operation in operations.OrderBy(static operation => operation.Begun))
        {
            for (; ended < byEnd.Length && byEnd[ended].Ended < operation.Begun; ended++)
                if (greatest is null || number(byEnd[ended]) > number(greatest)) greatest = byEnd[ended];
            if (greatest is not null && number(operation) < number(greatest)) yield return (greatest, operation);
        }
    }
}
