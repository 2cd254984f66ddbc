using Spectre.Console;

namespace BluePlan.State.Demo;

/// <summary>Backs the store up, loses it, restores it, and compares every single thing.</summary>
internal static class BackupDrill
{
    public static async Task RunAsync(DemoStore store, CancellationToken cancellationToken)
    {
        AnsiConsole.Write(new Rule("Backup and restore").LeftJustified());
        var before = await Everything.ReadAsync(store.State, cancellationToken);

        var backup = await store.State.Backups.CreateAsync("demo", cancellationToken: cancellationToken);
        var check = await store.State.Backups.VerifyAsync(backup.Id, BackupDepth.RestoreDrill, cancellationToken: cancellationToken);
        if (!check.IsSound) throw new InvalidOperationException($"The backup is not sound: {string.Join(' ', check.Faults)}");
        AnsiConsole.MarkupLineInterpolated($"Backed up {before.Count} things as [bold]{backup.Id}[/] ({backup.StoredBytes:N0} bytes), and restored it once into memory to be sure.");

        await store.LoseEverythingAsync(cancellationToken);
        var lost = await Everything.ReadAsync(store.State, cancellationToken);
        if (lost.Any(thing => before.GetValueOrDefault(thing.Key) == thing.Value)) throw new InvalidOperationException("The store was to be lost, but something is still there.");
        AnsiConsole.MarkupLine("[red]The store is lost.[/]");

        await store.State.Backups.RestoreAsync(backup.Id, cancellationToken: cancellationToken);
        var after = await Everything.ReadAsync(store.State, cancellationToken);
        var different = before.Keys.Union(after.Keys).Where(name => before.GetValueOrDefault(name) != after.GetValueOrDefault(name)).ToArray();
        if (different.Length > 0) throw new InvalidOperationException($"{different.Length} of {before.Count} things are not as they were, the first is '{different[0]}'.");
        store.Forget();
        await store.State.Backups.DeleteAsync(backup.Id, cancellationToken);
        AnsiConsole.MarkupLineInterpolated($"[green]Restored: all {after.Count} things are as they were, message by message.[/]");
    }
}
