using Spectre.Console;

namespace BluePlan.State.Demo;

/// <summary>The main job from end to end: find what the last run left, use every manager, lose the store, restore it, and compare.</summary>
internal static class DemoRun
{
    public static async Task RunAsync(StoreChoice choice, CancellationToken cancellationToken)
    {
        var transcripts = Transcript.Read();
        await using var store = new DemoStore(choice);
        AnsiConsole.Write(new Rule("[bold]BluePlan.State[/]").LeftJustified());
        AnsiConsole.MarkupLineInterpolated($"State lives in [bold]{choice.ToString()}[/].");

        await Overview.ShowAsync(store.State, choice, cancellationToken);
        await Replay.RunAsync(store.State, transcripts, cancellationToken);
        await Dashboard.ShowAsync(store.State, cancellationToken);
        await BackupDrill.RunAsync(store, cancellationToken);

        AnsiConsole.MarkupLine(choice.OutlivesTheProcess ? "Run it again: it finds what this run leaves." : "The memory store ends here, and the state with it.");
    }
}
