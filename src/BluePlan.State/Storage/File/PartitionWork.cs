using System.Runtime.ExceptionServices;

namespace BluePlan.State.Storage;

/// <summary>Runs work on partitions beside each other, and throws the first failure as it is.</summary>
internal static class PartitionWork
{
    public static void Run<T>(IEnumerable<T> items, Action<T> work)
    {
        try
        {
            Parallel.ForEach(items, new() { MaxDegreeOfParallelism = Environment.ProcessorCount }, work);
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }
}
