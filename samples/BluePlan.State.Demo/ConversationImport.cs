using System.Diagnostics;
using System.Text.Json;
using Spectre.Console;

namespace BluePlan.State.Demo;

/// <summary>Imports conversations from a JSONL file and reads every message back.</summary>
internal static class ConversationImport
{
    private const string User = "import";
    private const int Callers = 16;

    public static async Task RunAsync(StoreChoice choice, FileInfo file, CancellationToken cancellationToken)
    {
        if (!file.Exists) throw new FileNotFoundException($"There is no file {file.FullName}.");
        var lines = await ReadAsync(file, cancellationToken);
        await using var store = new DemoStore(choice, static options => options.History.MaximumMessages = null);
        var history = store.State.History;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = cancellationToken };

        long written = 0, read = 0;
        var watch = Stopwatch.StartNew();
        TimeSpan wrote = default;
        await AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).StartAsync(async progress =>
        {
            var writing = progress.AddTask("Writing", maxValue: lines.Count);
            var reading = progress.AddTask("Reading back", maxValue: lines.Count);
            await Parallel.ForEachAsync(lines, parallel, async (line, token) =>
            {
                await WriteAsync(history, line, token);
                Interlocked.Add(ref written, line.Messages.Count);
                writing.Increment(1);
            });
            wrote = watch.Elapsed;
            await Parallel.ForEachAsync(lines, parallel, async (line, token) =>
            {
                var messages = await history.ReadAsync(await history.GetIdAsync(User, line.Id, token), MessageRange.All, token);
                if (!messages.Select(static m => (m.Role, m.Text)).SequenceEqual(line.Messages.Select(static m => (m.Role, (string?)m.Content))))
                    throw new InvalidDataException($"Conversation {line.Id} reads back otherwise than it was written.");
                if (messages.Zip(messages.Skip(1)).Any(static pair => pair.Second.Sequence <= pair.First.Sequence))
                    throw new InvalidDataException($"The sequence of conversation {line.Id} does not rise.");
                Interlocked.Add(ref read, messages.Count);
                reading.Increment(1);
            });
        });
        var took = watch.Elapsed - wrote;

        AnsiConsole.MarkupLineInterpolated($"Wrote {lines.Count:N0} conversations with {written:N0} messages in {wrote.TotalSeconds:N1} s, read back {read:N0} messages in {took.TotalSeconds:N1} s, all equal. They are in {choice.ToString()}.");
    }

    private static async Task WriteAsync(IHistoryManager history, Line line, CancellationToken cancellationToken)
    {
        try
        {
            var conversation = await history.CreateAsync(User, line.Id, line.Id, cancellationToken);
            // The message ids say the place, so importing the same file again adds nothing.
            await history.AppendAsync(conversation.Id, [.. line.Messages.Select(static (m, i) => new HistoryMessage { Role = m.Role, Text = m.Content, Id = $"{i}" })], cancellationToken);
        }
        catch (Exception exception) when (exception is ArgumentException or StateConflictException)
        {
            throw new InvalidDataException($"Conversation {line.Id} cannot be written: {exception.Message}", exception);
        }
    }

    private static async Task<IReadOnlyList<Line>> ReadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };
        var lines = new List<Line>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var number = 0;
        await foreach (var text in File.ReadLinesAsync(file.FullName, cancellationToken))
        {
            number++;
            if (string.IsNullOrWhiteSpace(text)) continue;
            try
            {
                var line = JsonSerializer.Deserialize<Line>(text, options) ?? throw new JsonException("It is null.");
                if (line.Id.Length == 0) throw new JsonException("Its id is empty.");
                if (line.Messages.Count == 0) throw new JsonException("It has no messages.");
                if (line.Messages.Contains(null!)) throw new JsonException("A message is null.");
                lines.Add(ids.Add(line.Id) ? line : throw new JsonException($"The id '{line.Id}' is there twice."));
            }
            catch (JsonException exception)
            {
                throw new InvalidDataException($"{file.Name}, line {number}: {exception.Message}", exception);
            }
        }
        return lines.Count > 0 ? lines : throw new InvalidDataException($"{file.Name} has no conversations.");
    }

    private sealed record Line(string Id, IReadOnlyList<Message> Messages);

    private sealed record Message(string Role, string Content);
}
