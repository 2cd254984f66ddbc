using System.Runtime.ExceptionServices;

namespace BluePlan.State.Storage;

/// <summary>Runs work on partitions beside each other, and throws the first failure as it is.</summary>
internal static class PartitionWork
{
    /// <summary>Runs it on this thread and on threads made for it, since the pool's may all be blocked by those who wait for the outcome.</summary>
    public static void Run<T>(IReadOnlyList<T> items, Action<T> work)
    {
        var next = -1;
        Exception? failure = null;
        var others = new Thread[Math.Max(0, Math.Min(Environment.ProcessorCount, items.Count) - 1)];
        for (var i = 0; i < others.Length; i++)
        {
            others[i] = new(Share) { IsBackground = true, Name = "BluePlan.State partitions" };
            others[i].Start();
        }
        Share();
        foreach (var other in others) other.Join();
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);

        void Share()
        {
            try
            {
                while (Volatile.Read(ref failure) is null && Interlocked.Increment(ref next) is var i && i < items.Count) work(items[i]);
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, exception, null);
            }
        }
    }
}
