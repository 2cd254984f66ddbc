using System.Text.Json.Nodes;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Holds the session manager to typed, clear answers to bad input.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class SessionInputConformance<THarness> : SessionFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task CreateAsync_HostileUserIds_AreApart()
    {
        var (users, hostIds, created) = (HostNames.Good, HostNames.Good.Reverse().ToArray(), new List<Session<ChatState>>());
        for (var i = 0; i < users.Count; i++) created.Add(await Sessions.CreateAsync(users[i], new ChatState(users[i], i), new() { HostSessionId = hostIds[i] }));

        for (var i = 0; i < users.Count; i++)
        {
            var read = await Sessions.GetAsync<ChatState>(await Sessions.GetIdAsync(users[i], hostIds[i]));
            (read!.UserId, read.Data).Should().Be((users[i], new ChatState(users[i], i)));
            (await ListAsync(users[i])).Should().Equal(created[i].Handle);
        }
        foreach (var userId in users) (await Sessions.DeleteAllAsync(userId)).Should().Be(1);
        (await ExportAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task AnyCall_BadName_ThrowsArgument()
    {
        foreach (var name in HostNames.Bad)
        {
            FluentActions.Invoking(() => { _ = Sessions.CreateAsync(name!, Hello); }).Should().Throw<ArgumentException>();
            FluentActions.Invoking(() => Sessions.GetIdAsync(name!, "a")).Should().Throw<ArgumentException>();
            FluentActions.Invoking(() => Sessions.GetIdAsync("ann", name!)).Should().Throw<ArgumentException>();
            FluentActions.Invoking(() => { _ = Sessions.ListAsync<ChatState>(name!); }).Should().Throw<ArgumentException>();
            FluentActions.Invoking(() => { _ = Sessions.DeleteAllAsync(name!); }).Should().Throw<ArgumentException>();
            FluentActions.Invoking(() => { _ = Sessions.RevokeAsync(name!, "a"); }).Should().Throw<ArgumentException>();
            if (name is not null) FluentActions.Invoking(() => { _ = Sessions.RotateAsync(new('0', 36), name); }).Should().Throw<ArgumentException>();
            if (name is not null) FluentActions.Invoking(() => { _ = Sessions.CreateAsync("ann", Hello, new() { HostSessionId = name }); }).Should().Throw<ArgumentException>();
        }
        (await ListAsync("ann")).Should().BeEmpty();
        (await ExportAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task AnyCall_GarbageId_IsAbsent()
    {
        var live = (await Sessions.CreateAsync("ann", Hello)).Id;
        string[] garbage =
        [
            .. HostNames.Good, "\uD800half", new('x', 10_240), new('0', 36), $"{new string('0', 36)}-", $"{new string('0', 36)}-zz", $"{new string('0', 36)}-ffffffffffffffff", new('a', 10_240),
            live[..36], live[..^1], $"{live}0", live.ToUpperInvariant(), $" {live}", $"{live[..36]}-1", $"{live[..36]}-0{live[37..]}", $"{(live[0] == '0' ? '1' : '0')}{live[1..]}",
        ];

        foreach (var id in garbage)
        {
            (await Sessions.GetAsync<ChatState>(id)).Should().BeNull();
            (await Sessions.PeekAsync<ChatState>(id)).Should().BeNull();
            (await Sessions.UpdateAsync<ChatState>(id, _ => throw new InvalidOperationException("There is nothing to update."))).Should().BeNull();
            (await Sessions.PatchAsync(id, [])).Should().BeFalse();
            (await Sessions.SetStatusAsync(id, SessionStatus.Closed)).Should().BeFalse();
            (await Sessions.RotateAsync(id)).Should().BeNull();
            (await Sessions.DeleteAsync(id)).Should().BeFalse();
            (await Sessions.RevokeAsync("ann", id)).Should().BeFalse();
        }
        (await Sessions.GetAsync<ChatState>(live))!.Data.Should().Be(Hello);
    }

    [TestCase(null)]
    [TestCase("")]
    public async Task AnyCall_NoId_ThrowsArgument(string? id)
    {
        FluentActions.Invoking(() => { _ = Sessions.GetAsync<ChatState>(id!); }).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => { _ = Sessions.PeekAsync<ChatState>(id!); }).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => { _ = Sessions.UpdateAsync<ChatState>(id!, s => s); }).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => { _ = Sessions.PatchAsync(id!, []); }).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => { _ = Sessions.SetStatusAsync(id!, SessionStatus.Closed); }).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => { _ = Sessions.RotateAsync(id!); }).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => { _ = Sessions.DeleteAsync(id!); }).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => { _ = Sessions.RevokeAsync("ann", id!); }).Should().Throw<ArgumentException>();
    }

    [Test]
    public async Task AnyCall_NothingWhereSomethingIsNeeded_ThrowsArgumentNull()
    {
        FluentActions.Invoking(() => { _ = Sessions.CreateAsync<string>("ann", null!); }).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => { _ = Sessions.UpdateAsync<ChatState>(new('0', 36), null!); }).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => { _ = Sessions.PatchAsync(new('0', 36), null!); }).Should().Throw<ArgumentNullException>();
    }

    [Test]
    public async Task CreateAsync_ExpiryKeep_ThrowsArgument() =>
        FluentActions.Invoking(() => { _ = Sessions.CreateAsync("ann", Hello, new() { Expiry = StateExpiry.Keep }); }).Should().Throw<ArgumentException>().WithParameterName("options");

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(int.MinValue)]
    [TestCase(1_001)]
    public async Task ListAsync_PageSizeOutOfRange_ThrowsArgument(int pageSize) =>
        FluentActions.Invoking(() => { _ = Sessions.ListAsync<ChatState>("ann", pageSize); }).Should().Throw<ArgumentOutOfRangeException>().WithParameterName(nameof(pageSize));

    [TestCase("")]
    [TestCase(".")]
    [TestCase("12")]
    [TestCase("12.ab")]
    [TestCase("x.00000000000000000000000000000000")]
    [TestCase("99999999999999999999.00000000000000000000000000000000")]
    [TestCase("9007199254740992.00000000000000000000000000000000")]
    [TestCase("1.0000000000000000000000000000000G")]
    public async Task ListAsync_AfterIsGarbage_ThrowsArgument(string after) =>
        FluentActions.Invoking(() => { _ = Sessions.ListAsync<ChatState>("ann", after: after); }).Should().Throw<ArgumentException>().WithParameterName(nameof(after));

    [Test]
    public async Task AnyCall_CancelledBefore_ThrowsAndWritesNothing()
    {
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = StateExpiry.Never });
        var before = await ReadTextsAsync();
        var cancelled = new CancellationToken(canceled: true);

        await FluentActions.Awaiting(() => Sessions.CreateAsync("ann", Hello, cancellationToken: cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => Sessions.GetAsync<ChatState>(session.Id, cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => Sessions.PeekAsync<ChatState>(session.Id, cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => Sessions.UpdateAsync<ChatState>(session.Id, s => s with { Turns = 1 }, cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => Sessions.PatchAsync(session.Id, new JsonObject { ["Turns"] = 1 }, cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => Sessions.SetStatusAsync(session.Id, SessionStatus.Closed, cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => Sessions.RotateAsync(session.Id, "bob", cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => Sessions.DeleteAsync(session.Id, cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => Sessions.RevokeAsync("ann", session.Handle, cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => Sessions.DeleteAllAsync("ann", cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => Sessions.ListAsync<ChatState>("ann", cancellationToken: cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => Sessions.CleanupAsync(cancelled)).Should().ThrowAsync<OperationCanceledException>();
        (await ReadTextsAsync()).Should().BeEquivalentTo(before);
    }
}
