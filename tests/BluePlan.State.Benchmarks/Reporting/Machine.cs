using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BluePlan.State.Benchmarks;

/// <summary>Where and when it was measured.</summary>
/// <param name="Date">The day, in UTC.</param>
/// <param name="Processor">The processor's name and the number of cores.</param>
/// <param name="System">The operating system.</param>
/// <param name="Runtime">The runtime.</param>
/// <param name="Load">The load of the last minute before the run; null where the system does not tell.</param>
/// <param name="RedisVersion">The server's version; null when it was not used.</param>
internal sealed record Machine(DateOnly Date, string Processor, string System, string Runtime, double? Load, string? RedisVersion)
{
    public static Machine Current() => new(DateOnly.FromDateTime(DateTime.UtcNow), $"{ProcessorName()}, {Environment.ProcessorCount} cores", RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription, CurrentLoad(), FindRedisVersion());

    private static string ProcessorName() =>
        File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(static l => l.StartsWith("model name", StringComparison.Ordinal)) is { } line ? line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..]
        : RuntimeInformation.ProcessArchitecture.ToString();

    private static double? CurrentLoad() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], global::System.Globalization.CultureInfo.InvariantCulture) : null;

    private static string? FindRedisVersion()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("redis-server", ["--version"]) { RedirectStandardOutput = true })!;
            return process.StandardOutput.ReadToEnd().Split(' ').FirstOrDefault(static w => w.StartsWith("v=", StringComparison.Ordinal))?[2..];
        }
        catch (global::System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
