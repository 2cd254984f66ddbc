using System.Globalization;
using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>What a process of its own runs that only looks at a store, so that its system calls can be seen.</summary>
internal static class StoreLook
{
    public static async Task RunAsync(string directory)
    {
        await using var look = new FileStateProvider(new() { Directory = directory });
        await look.OpenAsync(new StateOpenOptions { Mode = StateOpenMode.ReadOnly }, CancellationToken.None);
        await look.MaintainAsync(CancellationToken.None);
        var keys = await look.ExportAsync(CancellationToken.None).Where(static record => !record.Continues).CountAsync();
        Console.WriteLine(keys.ToString(CultureInfo.InvariantCulture));
    }
}
