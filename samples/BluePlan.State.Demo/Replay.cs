using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace BluePlan.State.Demo;

/// <summary>Plays the transcript as an app would serve it: a session per user, a conversation per dialogue, usage per model call.</summary>
internal static class Replay
{
    private const int PastDays = 13;

    public static async Task RunAsync(IBluePlanState state, IReadOnlyList<Transcript> transcripts, CancellationToken cancellationToken)
    {
        var run = await CountRunAsync(state, transcripts, cancellationToken);
        await AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn()).StartAsync(async progress =>
        {
            var past = progress.AddTask($"Token usage of the last {PastDays} days", maxValue: PastDays);
            var talk = progress.AddTask("Conversations", maxValue: transcripts.Sum(static t => t.Messages.Length));
            await SeedPastAsync(state, transcripts, past, cancellationToken);
            foreach (var transcript in transcripts) await PlayAsync(state, transcript, run, talk, cancellationToken);
        });
        AnsiConsole.MarkupLineInterpolated($"Run {run}: {transcripts.Count} conversations replayed for {transcripts.Select(static t => t.User).Distinct().Count()} users.");
    }

    private static async Task<int> CountRunAsync(IBluePlanState state, IReadOnlyList<Transcript> transcripts, CancellationToken cancellationToken)
    {
        var old = await state.Config.LoadAsync<DemoSettings>(DemoSettings.ConfigName, cancellationToken: cancellationToken);
        var users = transcripts.Select(static t => t.User).Concat(old?.Value.Users ?? []).Distinct().Order(StringComparer.Ordinal).ToArray();
        var settings = new DemoSettings((old?.Value.Runs ?? 0) + 1, users);
        await state.Config.SaveAsync(DemoSettings.ConfigName, settings, expectedVersion: old?.Version ?? 0, cancellationToken);
        return settings.Runs;
    }

    private static async Task PlayAsync(IBluePlanState state, Transcript transcript, int run, ProgressTask progress, CancellationToken cancellationToken)
    {
        var session = await state.Sessions.CreateAsync(transcript.User, new DemoSession("light", 0), cancellationToken: cancellationToken);
        var conversation = await state.History.CreateAsync(transcript.User, transcript.Title, $"{transcript.Id}#{run}", cancellationToken);

        var answers = 0;
        foreach (var turn in Turns(transcript.Messages))
        {
            await state.History.AppendAsync(conversation.Id, turn, cancellationToken);
            foreach (var _ in turn.Where(static m => m.Role == MessageRole.Assistant))
            {
                var spent = transcript.Usage[answers++];
                await state.TokenUsage.RecordAsync(new()
                {
                    RequestId = $"{transcript.Id}#{run}/{answers}",
                    UserId = transcript.User,
                    SessionId = session.Id,
                    Model = transcript.Model,
                    InputTokens = spent.Input,
                    CachedInputTokens = spent.Cached,
                    OutputTokens = spent.Output,
                    ReasoningTokens = spent.Reasoning,
                }, cancellationToken);
            }
            await state.Sessions.UpdateAsync<DemoSession>(session.Id, static s => s with { Turns = s.Turns + 1 }, cancellationToken);
            progress.Increment(turn.Count);
        }
    }

    /// <summary>A user's message and all that follows it until the next one; what stands before the first one goes with it.</summary>
    private static IEnumerable<IReadOnlyList<HistoryMessage>> Turns(JsonElement[] messages)
    {
        var turn = new List<HistoryMessage>();
        foreach (var message in messages.Select(Message))
        {
            if (message.Role == MessageRole.User && turn.Any(static m => m.Role == MessageRole.User))
            {
                yield return turn;
                turn = [];
            }
            turn.Add(message);
        }
        yield return turn;
    }

    private static HistoryMessage Message(JsonElement json)
    {
        var text = json.GetProperty("content").GetString();
        if (json.TryGetProperty("tool_call_id", out var callId))
            return new() { Role = MessageRole.Tool, ToolResults = [new(callId.GetString()!, text!)] };
        var calls = json.TryGetProperty("tool_calls", out var list)
            ? list.EnumerateArray().Select(static c => new ToolCall(c.GetProperty("id").GetString()!, c.GetProperty("function").GetProperty("name").GetString()!, c.GetProperty("function").GetProperty("arguments").GetString()!))
            : [];
        return new() { Role = json.GetProperty("role").GetString()!, Text = text, ToolCalls = [.. calls] };
    }

    /// <summary>Some usage on each day before today, so that the charts have a past. The request ids say the day, so a second run adds nothing.</summary>
    private static async Task SeedPastAsync(IBluePlanState state, IReadOnlyList<Transcript> transcripts, ProgressTask progress, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        for (var back = PastDays; back >= 1; back--)
        {
            var day = today.AddDays(-back);
            for (var i = 0; i < transcripts.Count; i++)
            {
                var wave = 3 + (day.DayNumber * 7 + i * 5) % 11;
                await state.TokenUsage.RecordAsync(new()
                {
                    RequestId = string.Create(CultureInfo.InvariantCulture, $"past-{day:yyyy-MM-dd}-{i}"),
                    UserId = transcripts[i].User,
                    Model = transcripts[i].Model,
                    InputTokens = 120 * wave,
                    CachedInputTokens = 40 * wave,
                    OutputTokens = 15 * wave,
                    At = new(day, new(8 + i, 30), TimeSpan.Zero),
                }, cancellationToken);
            }
            progress.Increment(1);
        }
    }
}
