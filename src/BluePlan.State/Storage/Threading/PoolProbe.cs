using System.Diagnostics;

namespace BluePlan.State.Storage;

/// <summary>Finds out whether the thread pool begins work in time.</summary>
internal sealed class PoolProbe : IThreadPoolWorkItem
{
    private long _sent;
    private long _came; // 0 = it is on its way

    /// <summary>Sends it. One that is on its way stays the only one.</summary>
    public void Send()
    {
        if (Volatile.Read(ref _sent) != 0 && Volatile.Read(ref _came) == 0) return;
        Volatile.Write(ref _came, 0);
        Volatile.Write(ref _sent, Stopwatch.GetTimestamp());
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Whether the one that was sent began in time. One that came late is sent again.</summary>
    public bool CameInTime(TimeSpan time)
    {
        if (Volatile.Read(ref _came) is not (not 0 and var came)) return false;
        if (Stopwatch.GetElapsedTime(Volatile.Read(ref _sent), came) <= time) return true;
        Send();
        return false;
    }

    void IThreadPoolWorkItem.Execute() => Volatile.Write(ref _came, Stopwatch.GetTimestamp());
}
