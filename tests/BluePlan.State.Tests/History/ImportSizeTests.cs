using System.Text;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class ImportSizeTests
{
    [TestCase("{\"messages\":[{\"role\":\"user\",\"content\":\"#\"}]}", "message")]
    [TestCase("{\"messages\":[],\"tools\":\"#\"}", "conversation")]
    public async Task ImportAsync_MoreThanAStoreTakes_SaysWhichLineAndLeavesNothing(string line, string what)
    {
        using var services = new ServiceCollection().AddBluePlanState(static b => b.UseInMemory()).Services.BuildServiceProvider();
        var history = services.GetRequiredService<IHistoryManager>();
        var at = line.IndexOf('#', StringComparison.Ordinal);
        byte[] file = [.. "{\"messages\":[]}\n"u8, .. Encoding.UTF8.GetBytes(line[..at]), .. Enumerable.Repeat((byte)'x', 64 * 1024 * 1024), .. Encoding.UTF8.GetBytes(line[(at + 1)..])];

        (await FluentActions.Invoking(() => history.ImportAsync("ann", new MemoryStream(file))).Should().ThrowAsync<InvalidDataException>()).Which.Message.Should().StartWith($"Line 2: its {what} takes 67,10");

        (await history.ListAsync("ann")).Items.Should().BeEmpty();
    }
}
