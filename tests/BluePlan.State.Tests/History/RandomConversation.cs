namespace BluePlan.State.Tests;

/// <summary>Conversations of every shape that hosts make: parallel calls, results in one message or several, late or missing, ids used again, results in user messages, pins anywhere.</summary>
internal static class RandomConversation
{
    public static List<HistoryMessage> Make(int seed)
    {
        var random = new Random(seed);
        var messages = new List<HistoryMessage>();
        var open = new List<string>();
        var sequence = 0L;
        var length = random.Next(0, 40);
        while (messages.Count < length)
        {
            var message = random.Next(12) switch
            {
                0 => HistoryMessage.System("rules"),
                1 => new HistoryMessage { Role = MessageRole.Developer, Text = "rules" },
                <= 4 => HistoryMessage.User("question"),
                <= 6 => HistoryMessage.Assistant("answer"),
                <= 8 => Calls(random, open),
                _ => Results(random, open),
            };
            sequence += random.Next(4) == 0 ? random.Next(1, 5) : 1;
            messages.Add(message with { Sequence = sequence, Id = $"m{sequence}", Pinned = random.Next(15) == 0 });
        }
        return messages;
    }

    private static HistoryMessage Calls(Random random, List<string> open)
    {
        // Few ids, so that they come again.
        var ids = Enumerable.Range(0, 6).Select(static i => $"call_{i}").OrderBy(_ => random.Next()).Take(random.Next(1, 4)).ToList();
        open.AddRange(ids);
        var message = HistoryMessage.Assistant(null, [.. ids.Select(static id => new ToolCall(id, "tool", "{}"))]);
        return random.Next(10) == 0 ? message with { ToolResults = [new(ids[0], "own")] } : message;
    }

    private static HistoryMessage Results(Random random, List<string> open)
    {
        var ids = new HashSet<string>();
        for (var n = random.Next(1, 3); n > 0; n--)
        {
            var id = random.Next(8) == 0 || open.Count == 0 ? $"call_{random.Next(8)}" : open[random.Next(open.Count)];
            if (random.Next(4) != 0) open.Remove(id);
            ids.Add(id);
        }
        return new() { Role = random.Next(4) == 0 ? MessageRole.User : MessageRole.Tool, ToolResults = [.. ids.Select(static id => new ToolResult(id, "result"))] };
    }
}
