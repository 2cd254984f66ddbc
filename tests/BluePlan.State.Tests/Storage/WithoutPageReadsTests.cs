using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Listings on a provider that does not offer <see cref="PageRead"/>: two reads a page instead of one, and the same answers.</summary>
public sealed class WithoutPageReadsTests
{
    private InterceptingProvider _provider = null!;

    [Test]
    public async Task ListAsync_SessionsAndConversations_ReadTheIndexAndThenTheDocuments()
    {
        await using var services = new ServiceCollection().AddBluePlanState(state => state.UseProvider(_ => _provider = new InterceptingProvider(new WithoutPageReads(new InMemoryStateProvider())))).Services.BuildServiceProvider();
        var state = services.GetRequiredService<IBluePlanState>();
        var (handles, ids) = (new List<string>(), new List<string>());
        for (var i = 0; i < 5; i++)
        {
            handles.Add((await state.Sessions.CreateAsync("ann", i)).Handle);
            ids.Add((await state.History.CreateAsync("ann")).Id);
        }
        _provider.ResetCounts();

        var sessions = await state.Sessions.ListAsync<int>("ann", pageSize: 3);
        _provider.Reads.Should().Be(2);
        var conversations = await state.History.ListAsync("ann", pageSize: 3);
        _provider.Reads.Should().Be(4);

        sessions.Items.Concat((await state.Sessions.ListAsync<int>("ann", pageSize: 3, after: sessions.Next)).Items).Select(static session => session.Handle).Should().BeEquivalentTo(handles);
        conversations.Items.Concat((await state.History.ListAsync("ann", pageSize: 3, after: conversations.Next)).Items).Select(static conversation => conversation.Id).Should().BeEquivalentTo(ids);
        (await state.Sessions.ListAsync<int>("nobody")).Items.Should().BeEmpty();
    }
}
