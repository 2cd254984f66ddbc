using System.Runtime.InteropServices;

namespace BluePlan.State.Consistency;

/// <summary>Signals to processes that this one has started.</summary>
internal static partial class Signals
{
    /// <summary>SIGSTOP and SIGCONT on Linux: nothing of the process runs in between, and its connections stay.</summary>
    public const int Stop = 19, Continue = 18;

    public static void Send(int process, int signal)
    {
        if (Kill(process, signal) != 0) throw new InvalidOperationException($"Signal {signal} to process {process}: error {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
