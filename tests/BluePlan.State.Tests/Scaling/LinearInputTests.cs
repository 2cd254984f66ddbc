using System.Text;
using System.Text.Json;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>What comes from outside costs as much as it is long: sixteen times the input is about sixteen times the work.</summary>
[NonParallelizable]
public sealed class LinearInputTests
{
    private static readonly Dictionary<string, (int Size, Func<int, Action> Prepare)> Inputs = new()
    {
        ["merge patch that sets"] = (2_500, size => Patch(size, static name => $"\"{name}\":{{\"new\":1}}")),
        ["merge patch that removes"] = (2_500, size => Patch(size, static name => $"\"{name}\":null")),
        ["merge patch of one member, over and over"] = (2_500, size => Patch(size, static _ => "\"m1\":{\"x\":1}")),
        ["merge patch into members that are there twice"] = (2_500, size => Patch(size, static name => $"\"{name}\":2", static _ => "m1")),
        ["commit of many operations"] = (1_250, static size =>
        {
            StateOperation[] operations = [.. Enumerable.Range(0, size).Select(number => new DeleteKey(new(0, StateShape.Document, "data", $"/{number}")))];
            return () => _ = new StateCommit(operations);
        }),
        ["names of one operation"] = (1_000, static size =>
        {
            IndexMember[] members = [.. Enumerable.Range(0, size).Select(static number => new IndexMember($"m{number}", number))];
            return () => _ = new SetScores(new(0, StateShape.Index, "data-keys", "/a"), members);
        }),
        ["names of one read"] = (1_000, static size =>
        {
            string[] names = [.. Enumerable.Range(0, size).Select(static number => $"m{number}")];
            return () => _ = new IndexRead(new(0, StateShape.Index, "data-keys", "/a"), names);
        }),
        ["prices of many models"] = (500, static size =>
        {
            var options = new TokenUsageManagerOptions();
            for (var number = 0; number < size; number++) options.Prices[$"model{number}"] = new() { Input = 1 };
            return () =>
            {
                options.Validate("usage", []);
                _ = new PriceTable(options.Prices);
            };
        }),
        ["name of a model"] = (12_500, static size =>
        {
            var table = new PriceTable([new("m", new()), new("*", new())]);
            var name = string.Concat(Enumerable.Repeat("us.", size)) + "m" + string.Concat(Enumerable.Repeat("-0613", size));
            return () => table.Find(name, null, 1, default);
        }),
        ["joined names"] = (25_000, static size =>
        {
            var text = string.Concat(Enumerable.Repeat("a%2F/", size));
            return () => KeyText.Join(KeyText.Split(text));
        }),
        ["messages of a conversation, imported"] = (75, static size => Import(size, static number => $$"""{"role":"{{(number % 2 == 0 ? "user" : "assistant")}}","content":"text {{number}}"}""")),
        ["system messages of a conversation, imported"] = (75, static size => Import(size, static number => $$"""{"role":"system","content":"text {{number}}"}""")),
        ["tool calls of one message, imported"] = (75, static size => Import(size + 1, number => number == 0
            ? $"{{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{string.Join(',', Enumerable.Range(1, size).Select(Call))}]}}"
            : $"{{\"role\":\"tool\",\"tool_call_id\":\"c{number}\",\"content\":\"found\"}}")),
        ["search in what all matches"] = (75, static size => Search(size)),
    };

    private static IEnumerable<string> Names => Inputs.Keys;

    [TestCaseSource(nameof(Names))]
    public void Input_SixteenTimesAsLong_IsAboutSixteenTimesTheWork(string name) => Scale.Of(Inputs[name].Size, Inputs[name].Prepare).Should().BeLessThan(Scale.Most);

    [Test]
    public void Of_QuadraticWork_IsSeen() => Scale.Of(500, static size => () =>
    {
        var list = new List<int>();
        for (var number = 0; number < size; number++) if (!list.Contains(-1)) list.Add(number);
    }).Should().BeGreaterThan(Scale.Most);

    private static Action Patch(int size, Func<string, string> change, Func<string, string>? targetName = null)
    {
        var names = Enumerable.Range(0, size).Select(static number => $"m{number}").ToArray();
        var target = JsonElement.Parse($"{{{string.Join(',', names.Select(name => $"\"{targetName?.Invoke(name) ?? name}\":{{\"old\":1}}"))}}}");
        var patch = JsonElement.Parse($"{{{string.Join(',', names.Select(change))}}}");
        return () => MergePatch.Apply(target, patch)!.ToJsonString();
    }

    private static Action Import(int size, Func<int, string> line)
    {
        var state = Start();
        var lines = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, size).Select(line)));
        return () => Run(async () =>
        {
            var imported = await state.History.ImportAsync("ann", new MemoryStream(lines));
            await state.History.ReadAsync(imported.Conversations[0].Id);
        });
    }

    private static Action Search(int size)
    {
        var state = Start();
        var conversation = state.History.CreateAsync("ann").GetAwaiter().GetResult();
        Run(() => state.History.AppendAsync(conversation.Id, [.. Enumerable.Range(0, size).Select(static number => new HistoryMessage { Role = number % 2 == 0 ? "user" : "assistant", Text = $"aaaa {number}" })]));
        return () => Run(async () =>
        {
            await foreach (var match in state.History.SearchAsync(conversation.Id, "aa")) _ = match.Message;
        });
    }

    private static string Call(int number) => $"{{\"id\":\"c{number}\",\"type\":\"function\",\"function\":{{\"name\":\"f\",\"arguments\":\"{{}}\"}}}}";

    private static IBluePlanState Start()
    {
        var services = new ServiceCollection();
        services.AddBluePlanState(static state => state.UseInMemory().Configure(static options => options.History.MaximumMessages = 10_000));
        return services.BuildServiceProvider().GetRequiredService<IBluePlanState>();
    }

    private static void Run(Func<Task> work) => work().GetAwaiter().GetResult();
}
