using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;
using StackExchange.Redis;

namespace BluePlan.State.Redis.Tests;

/// <summary>What a script's answer tells.</summary>
[TestFixture]
public sealed class CommitReplyTests
{
    private static readonly StateKey Document = new(0, StateShape.Document, "test", "one"), Map = new(0, StateShape.Map, "test", "one"), Index = new(0, StateShape.Index, "test", "one");

    // What may find things as they are to be: it is no proof that this call has written.
    private static readonly (string Name, StateOperation Operation, int Answers)[] Uncertain =
    [
        (nameof(CheckKey), new CheckKey(Document, StateCondition.IfExists), 0), (nameof(RaiseToken), new RaiseToken(Map, "lock", 7), 0), (nameof(SetScores), new SetScores(Index, [new("m", 1)]), 0),
        (nameof(DeleteKey), new DeleteKey(Document), 1), (nameof(RemoveFields), new RemoveFields(Map, ["f"]), 1), (nameof(RemoveMembers), new RemoveMembers(Index, ["m"]), 1),
    ];

    [Test]
    public void HasWritten_NothingCertain_OnlyIfSomethingWasFound()
    {
        foreach (var (name, operation, answers) in Uncertain)
        {
            CommitReply.HasWritten(new(operation), Reply([0, .. new int[answers]])).Should().BeFalse(name);
            if (answers > 0) CommitReply.HasWritten(new(operation), Reply([0, 1])).Should().BeTrue(name);
            CommitReply.HasWritten(new(operation, new PutDocument(new(0, StateShape.Document, "test", "two"), default)), Reply([0, .. new int[answers]])).Should().BeTrue($"{name} beside a put");
        }
    }

    [Test]
    public void HasWritten_ConditionUnmet_Not() => CommitReply.HasWritten(new(new PutDocument(Document, default)), Reply([1, 0])).Should().BeFalse();

    private static RedisResult Reply(int[] numbers) => RedisResult.Create([.. numbers.Select(static number => (RedisValue)number)]);
}
