using System.Diagnostics;

namespace BluePlan.State.Consistency;

/// <summary>A disk that is full for a while. The file system is a small tmpfs, which only root may mount.</summary>
internal sealed class SmallDiskScenario()
    : FileScenario("file-full", "The disk of the file store is full again and again, and gets free again.", FillAsync)
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(10);

    public override string? Missing => OperatingSystem.IsLinux()
        && Environment.UserName == "root" ? null : "Mounting a small disk needs Linux and root.";

    protected override string Place(ScenarioRun run)
    {
        var disk = Directory.CreateDirectory(Path.Combine(run.Directory, "disk")).FullName;
        run.Own(new Mount(disk));
        return Path.Combine(disk, "store");
    }

    private static async Task FillAsync(ScenarioRun run, string directory)
    {
        while (run.HasTime(6))
        {
            await run.PauseAsync(1, 2);
            var ballast = Path.Combine(Path.GetDirectoryName(directory)!, "ballast");
            var begun = run.Break("the disk is full");
            Fill(ballast);
            await run.PauseAsync(1, 2);
            File.Delete(ballast);
            run.Log("there is room again");
            run.NoteDisturbance(begun);
            if (await run.RecoversAsync(RecoveryLimit)) continue;
            run.NoteAnomaly("does not recover", $"{RecoveryLimit.TotalSeconds} s after there was room again no write was acknowledged.");
            await run.ReplaceAsync(run.Clients[0]);
            run.NoteDisturbance(begun);
        }
    }

    private static void Fill(string path)
    {
        var block = new byte[1 << 16];
        try
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            // Smaller and smaller, to the last byte.
            for (var size = block.Length; size > 0; size /= 2)
            {
                try
                {
                    while (true) file.Write(block, 0, size);
                }
                catch (IOException)
                {
                    // No room for so much.
                }
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private sealed class Mount : IDisposable
    {
        private readonly string _directory;

        public Mount(string directory)
        {
            _directory = directory;
            Run("mount", "-t", "tmpfs", "-o", "size=48m,mode=0700", "tmpfs", directory);
        }

        public void Dispose() => Run("umount", "-l", _directory);

        private static void Run(params string[] command)
        {
            using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)))!;
            process.WaitForExit();
            if (process.ExitCode != 0) throw new InvalidOperationException($"'{string.Join(' ', command)}' ended with {process.ExitCode}.");
        }
    }
}
