using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class StateCommitTests
{
    [Test]
    public void Commit_Operations_AreKeptInOrder()
    {
        StateOperation[] operations = [Put("a", 3), new DeleteKey(Key("b", 3))];

        var commit = new StateCommit(operations);

        commit.Operations.Should().Equal(operations);
        commit.Partition.Should().Be(3);
    }

    [Test]
    public void Commit_NothingOrNull_IsRefused()
    {
        FluentActions.Invoking(static () => new StateCommit()).Should().Throw<ArgumentException>();
        FluentActions.Invoking(static () => new StateCommit(null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(static () => new StateCommit(Put("a"), null!)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(static () => new StateCommit([null!])).Should().Throw<ArgumentException>();
    }

    [Test]
    public void Commit_TwoPartitions_IsRefused() =>
        FluentActions.Invoking(static () => new StateCommit(Put("a"), Put("b"), new CheckKey(Key("c", 2), StateCondition.IfAbsent))).Should().Throw<ArgumentException>().WithMessage("*1/Document/t/#*2/Document/t/#*");

    [TestCase(2)]
    [TestCase(8)]
    [TestCase(9)]
    [TestCase(100)]
    public void Commit_WritingAKeyTwice_IsRefused(int operations)
    {
        StateOperation[] list = [.. Enumerable.Range(0, operations - 1).Select(static i => Put($"{i}")), new DeleteKey(Key("0"))];

        FluentActions.Invoking(() => new StateCommit(list)).Should().Throw<ArgumentException>().WithMessage("*at most once*");
        new StateCommit(list[..^1]).Operations.Should().HaveCount(operations - 1);
    }

    [TestCase(0)]
    [TestCase(20)]
    public void Commit_ExpireBeforeItsWrite_IsRefused(int others)
    {
        StateOperation[] list = [.. Enumerable.Range(0, others).Select(static i => Put($"{i}"))];
        var (expire, put) = (new ExpireKey(Key("x"), StateExpiry.Never), Put("x"));

        FluentActions.Invoking(() => new StateCommit([expire, .. list, put])).Should().Throw<ArgumentException>();
        new StateCommit([put, .. list, expire, expire]).Operations.Should().HaveCount(others + 3);
        new StateCommit([expire, .. list, Put("y")]).Operations.Should().HaveCount(others + 2);
    }

    [TestCase(0)]
    [TestCase(20)]
    public void Commit_ChecksAndSignals_StandAnywhere(int others)
    {
        StateOperation[] list = [.. Enumerable.Range(0, others).Select(static i => Put($"{i}"))];
        var (check, notify, put) = (new CheckKey(Key("x"), StateCondition.IfAbsent), new NotifyWatchers(Key("x")), Put("x"));

        new StateCommit([check, notify, .. list, put, check, notify]).Operations.Should().HaveCount(others + 5);
    }

    [Test]
    public void Commit_SameIdOfOtherShapeOrType_IsAnotherKey() =>
        new StateCommit(Put("a"), new SetFields(new(1, StateShape.Map, "t", "a"), [new("f", default)]), new PutDocument(new(1, StateShape.Document, "u", "a"), default)).Operations.Should().HaveCount(3);

    [Test]
    public void Commit_MoreThan128MiB_IsRefused()
    {
        ReadOnlyMemory<byte> half = new byte[StateLimits.MaximumValueBytes];

        new StateCommit(new PutDocument(Key("a"), half), new PutDocument(Key("b"), half)).Operations.Should().HaveCount(2);
        FluentActions.Invoking(() => new StateCommit(new PutDocument(Key("a"), half), new PutDocument(Key("b"), half), new PutDocument(Key("c"), new byte[1]))).Should().Throw<ArgumentException>().WithMessage("*134,217,729*");
        FluentActions.Invoking(() => new StateCommit(
            new SetFields(new(1, StateShape.Map, "t", "m"), [new("f", new(half))]), new AppendEntries(new(1, StateShape.Log, "t", "l"), [new(half[..^1])]), new ReplaceEntry(new(1, StateShape.Log, "t", "k"), 1, new byte[2]))).Should().Throw<ArgumentException>();
    }

    [Test]
    public void Commit_ETag_IsDrawnOnceForEachCommit()
    {
        var put = Put("a");
        var commit = new StateCommit(put);

        commit.ETag.IsEmpty.Should().BeFalse();
        commit.ETag.Should().Be(commit.ETag).And.NotBe(new StateCommit(put).ETag);
    }

    [Test]
    public void Append_Operations_StandBehindAndTagAndContextStay()
    {
        var commit = new StateCommit(Put("a"), Put("b")) { Context = new() { Operation = "test" } };

        var more = commit.Append(new NotifyWatchers(Key("c")), Put("d"));

        more.Operations.Select(static o => o.Key.Id).Should().Equal("a", "b", "c", "d");
        more.Operations.Take(2).Should().Equal(commit.Operations);
        (more.ETag, more.Context, more.Requires).Should().Be((commit.ETag, commit.Context, StateCapabilities.Watch));
        commit.Append().Should().BeSameAs(commit);
    }

    [Test]
    public void Prepend_Operations_StandBeforeAndTagAndContextStay()
    {
        var commit = new StateCommit(Put("a"), Put("b")) { Context = new() { Operation = "test" } };

        var more = commit.Prepend(new NotifyWatchers(Key("c")), Put("d"));

        more.Operations.Select(static o => o.Key.Id).Should().Equal("c", "d", "a", "b");
        (more.ETag, more.Context, more.Requires).Should().Be((commit.ETag, commit.Context, StateCapabilities.Watch));
        commit.Prepend().Should().BeSameAs(commit);
    }

    [Test]
    public void AppendAndPrepend_WhatBreaksARule_IsRefused()
    {
        var commit = new StateCommit(Put("a"));

        Action[] makes =
        [
            () => commit.Append(Put("a")), () => commit.Prepend(Put("a")), () => commit.Append(Put("b", 2)), () => commit.Prepend(Put("b", 2)),
            () => commit.Append([null!]), () => commit.Prepend([null!]), () => commit.Prepend(new ExpireKey(Key("a"), StateExpiry.Never)),
        ];
        foreach (var make in makes) make.Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => commit.Append(null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => commit.Prepend(null!)).Should().Throw<ArgumentNullException>();
    }

    [Test]
    public void Conflicted_Result_NamesOperationAndTag()
    {
        var tag = StateETag.New();

        var result = CommitResult.Conflicted(3, tag);

        (result.IsCommitted, result.Conflict, result.Results.Count).Should().Be((false, new CommitConflict(3, tag), 0));
        new CommitResult([default]).IsCommitted.Should().BeTrue();
    }

    private static StateKey Key(string id, int partition = 1) => new(partition, StateShape.Document, "t", id);

    private static PutDocument Put(string id, int partition = 1) => new(Key(id, partition), default);
}
