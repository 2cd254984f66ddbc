using System.Text;
using System.Text.Json;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>
/// Imports, exports and imports every file of a folder that <c>BLUEPLAN_PUBLIC_FILES</c> names: JSON lines as they are, and of other JSON every list of messages in it. Prints what there was and what
/// was changed. Without the variable it is skipped: the files belong to others and are not part of the repository.
/// </summary>
public sealed class PublicFilesTests
{
    [Test]
    public async Task ImportAsync_PublicFiles_LosesNothing()
    {
        var folders = Environment.GetEnvironmentVariable("BLUEPLAN_PUBLIC_FILES") ?? "";
        if (folders.Length == 0) Assert.Ignore("BLUEPLAN_PUBLIC_FILES names no folder.");
        using var services = new ServiceCollection().AddBluePlanState(static b => b.UseInMemory().Configure(static o => o.History.MaximumMessages = null)).Services.BuildServiceProvider();
        var history = services.GetRequiredService<IHistoryManager>();
        var (files, refused, conversations, messages, calls, changed, omitted, lost) = (0, 0, 0, 0, 0, 0, 0, 0);
        foreach (var path in folders.Split(Path.PathSeparator).SelectMany(static folder => Directory.EnumerateFiles(folder, "*.json*", SearchOption.AllDirectories)).Order(StringComparer.Ordinal))
        {
            files++;
            byte[] lines = Lines(await File.ReadAllBytesAsync(path), path);
            HistoryImportResult first;
            try
            {
                first = await history.ImportAsync("one", new MemoryStream(lines));
            }
            catch (InvalidDataException exception)
            {
                refused++;
                await TestContext.Out.WriteLineAsync($"{Path.GetFileName(path)}: refused, {exception.Message}");
                continue;
            }
            conversations += first.Conversations.Count;
            omitted += first.Omitted;
            changed += first.Changes.Count - first.Omitted;
            foreach (var conversation in first.Conversations)
            {
                var read = await history.ReadAsync(conversation.Id);
                messages += read.Count;
                calls += read.Sum(static m => m.ToolCalls.Count);
                foreach (var example in new[] { false, true })
                {
                    var export = new MemoryStream();
                    await history.ExportAsync(conversation.Id, export, new() { IsTrainingExample = example });
                    var again = await history.ImportAsync("two", new MemoryStream(export.ToArray()), new() { HostConversationId = $"{files} {conversation.Id} {example}" });
                    var copy = await history.ReadAsync(again.Conversations.Single().Id);
                    lost += again.Omitted + again.Changes.Count + (copy.SequenceEqual(read) && JsonMembers.AreEqual(again.Conversations[0].AdditionalProperties, conversation.AdditionalProperties) ? 0 : 1);
                }
            }
            await TestContext.Out.WriteLineAsync($"{Path.GetFileName(path)}: {first.Conversations.Count} conversations, {first.Omitted} left out, {string.Join(", ", first.Changes.GroupBy(static c => c.Kind).Select(static g => $"{g.Count()} {g.Key}"))}");
        }
        await TestContext.Out.WriteLineAsync($"{files} files, {refused} refused, {conversations} conversations, {messages} messages, {calls} calls, {changed} changed, {omitted} left out, {lost} lost");
        files.Should().BePositive();
        lost.Should().Be(0);
    }

    private static byte[] Lines(byte[] file, string path)
    {
        if (path.EndsWith("l", StringComparison.OrdinalIgnoreCase)) return file;
        var lines = new StringBuilder();
        using var json = JsonDocument.Parse(file);
        Collect(json.RootElement, lines);
        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    // Traces keep messages as lists somewhere inside, or as JSON in a text.
    private static void Collect(JsonElement element, StringBuilder lines)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Array when element.GetArrayLength() > 0 && element.EnumerateArray().All(IsMessage):
                lines.Append("{\"messages\":").Append(JsonSerializer.Serialize(element)).Append("}\n");
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) Collect(item, lines);
                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject()) Collect(member.Value, lines);
                break;
            case JsonValueKind.String when element.GetString() is ['{' or '[' or '"', ..] text:
                try
                {
                    using var inner = JsonDocument.Parse(text);
                    Collect(inner.RootElement, lines);
                }
                catch (JsonException)
                {
                    // A text that only looks like JSON.
                }
                break;
        }
    }

    private static bool IsMessage(JsonElement item) => item.ValueKind is JsonValueKind.Object && item.TryGetProperty("role", out var role) && role.ValueKind is JsonValueKind.String;
}
