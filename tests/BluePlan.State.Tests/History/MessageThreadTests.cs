using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class MessageThreadTests
{
    private const int Conversations = 250;

    private static IEnumerable<MessageRange> Ranges(IReadOnlyList<HistoryMessage> messages)
    {
        var end = messages.Count == 0 ? 3 : messages[^1].Sequence + 2;
        yield return MessageRange.All;
        yield return MessageRange.LastTurn;
        for (var n = 1; n <= 6; n++) yield return MessageRange.Latest(n);
        for (long s = 1; s <= end; s += 2)
        {
            yield return MessageRange.Only(s);
            yield return MessageRange.After(s - 1);
            yield return MessageRange.After(s - 1, 3);
            yield return MessageRange.Before(s, 1);
            yield return MessageRange.Before(s, 4);
        }
    }

    [Test]
    public void Whole_RandomConversations_HidesExactlyResultsWithoutCall()
    {
        for (var seed = 0; seed < Conversations; seed++)
        {
            var messages = RandomConversation.Make(seed);
            Same(MessageThread.Whole(messages).Messages, ToolPairs.Shown(messages), $"seed {seed}");
        }
    }

    [Test]
    public void Trim_EveryMaximumOfRandomConversations_NeverPartsCallFromResult()
    {
        for (var seed = 0; seed < Conversations; seed++)
        {
            var messages = RandomConversation.Make(seed);
            var whole = MessageThread.Whole(messages);
            var pairs = ToolPairs.Of(whole.Messages);
            for (var maximum = 1; maximum <= messages.Count + 1; maximum++)
            {
                var kept = whole.Trim(maximum).Messages.Select(static m => m.Sequence).ToHashSet();
                foreach (var (result, call) in pairs) Together(kept, result, call, $"seed {seed} at {maximum}");
            }
        }
    }

    [Test]
    public void Trim_EveryMaximumOfRandomConversations_KeepsWhatStaysAndNoMoreThanNeeded()
    {
        for (var seed = 0; seed < Conversations; seed++)
        {
            var whole = MessageThread.Whole(RandomConversation.Make(seed)).Messages;
            for (var maximum = 1; maximum <= whole.Count + 1; maximum++)
            {
                var kept = MessageThread.Whole(whole).Trim(maximum).Messages;
                if (whole.Count <= maximum)
                {
                    Same(kept, whole, $"seed {seed} at {maximum}");
                    continue;
                }
                var lastTurn = whole.ToList().FindLastIndex(static m => m.BeginsTurn);
                var newest = lastTurn < 0 ? whole.Skip(whole.Count - 1) : whole.Skip(lastTurn);
                Holds(kept, newest, $"the newest turn is never cut, seed {seed} at {maximum}");
                Holds(kept, Staying(whole, maximum), $"what stays, seed {seed} at {maximum}");
                if (kept.Count <= maximum) continue;
                var forced = Together(whole, [.. newest, .. Staying(whole, maximum)]);
                Same(kept, whole.Where(forced.Contains), $"more than the maximum stays only when it must, seed {seed} at {maximum}");
            }
        }
    }

    [Test]
    public void Trim_Trimmed_StaysAsItIs()
    {
        for (var seed = 0; seed < Conversations; seed++)
        {
            var whole = MessageThread.Whole(RandomConversation.Make(seed));
            for (var maximum = 1; maximum <= whole.Messages.Count; maximum++)
            {
                var trimmed = whole.Trim(maximum);
                Same(MessageThread.Whole(trimmed.Messages).Trim(maximum).Messages, trimmed.Messages, $"seed {seed} at {maximum}");
            }
        }
    }

    [Test]
    public void Read_EveryRangeOfRandomConversations_NeverSplits()
    {
        for (var seed = 0; seed < Conversations; seed++)
        {
            var thread = MessageThread.Whole(RandomConversation.Make(seed));
            var pairs = ToolPairs.Of(thread.Messages);
            foreach (var range in Ranges(thread.Messages))
            {
                var read = thread.Read(range);
                var there = read.Select(static m => m.Sequence).ToHashSet();
                foreach (var (result, call) in pairs) Together(there, result, call, $"seed {seed}, {range}");
                Same(read, read.DistinctBy(static m => m.Sequence).OrderBy(static m => m.Sequence), $"in order, seed {seed}, {range}");
            }
        }
    }

    [Test]
    public void Read_RoleOfRandomConversations_BringsOnlyTheCallsOfResults()
    {
        for (var seed = 0; seed < Conversations; seed++)
        {
            var thread = MessageThread.Whole(RandomConversation.Make(seed));
            foreach (var role in new[] { MessageRole.User, MessageRole.Assistant, MessageRole.Tool, MessageRole.System })
            {
                var read = thread.Read(MessageRange.All with { Role = role });
                Holds(read, thread.Messages.Where(m => m.Role == role), $"seed {seed} {role}");
                if (ToolPairs.Of(read).Exists(static p => p.Call is null)) Assert.Fail($"A result without its call: seed {seed} {role}");
                if (read.Any(m => m.Role != role && m.ToolCalls.Count == 0)) Assert.Fail($"More than calls of another role: seed {seed} {role}");
            }
        }
    }

    [Test]
    public void Read_RangesThatReachTheWholeConversation_MissNothing()
    {
        for (var seed = 0; seed < Conversations; seed++)
        {
            var thread = MessageThread.Whole(RandomConversation.Make(seed));
            foreach (var range in Ranges(thread.Messages).Where(static r => !r.FromEnd && !r.IsLastTurn && r.Count is null))
                Holds(thread.Read(range), thread.Messages.Where(m => m.Sequence >= (range.First ?? 0) && m.Sequence <= (range.Last ?? long.MaxValue)), $"seed {seed}, {range}");
        }
    }

    [Test]
    public void Read_PagesBackwards_ShowEveryMessageOnce()
    {
        for (var seed = 0; seed < Conversations; seed++)
        {
            var thread = MessageThread.Whole(RandomConversation.Make(seed));
            for (var size = 1; size <= 5; size++)
            {
                var seen = new List<HistoryMessage>();
                for (var page = thread.Read(MessageRange.Latest(size)); page.Count > 0; page = page[0].Sequence == 1 ? [] : thread.Read(MessageRange.Before(page[0].Sequence, size))) seen.AddRange(page);
                Same(seen.OrderBy(static m => m.Sequence), thread.Messages, $"seed {seed}, pages of {size}");
            }
        }
    }

    [Test]
    public void Read_PagesForwards_MissNothing()
    {
        for (var seed = 0; seed < Conversations; seed++)
        {
            var thread = MessageThread.Whole(RandomConversation.Make(seed));
            for (var size = 1; size <= 5; size++)
            {
                var (seen, last) = (new HashSet<long>(), 0L);
                for (var page = thread.Read(MessageRange.After(0, size)); page.Count > 0; page = thread.Read(MessageRange.After(last, size)))
                {
                    page[^1].Sequence.Should().BeGreaterThan(last);
                    seen.UnionWith(page.Select(static m => m.Sequence));
                    last = page[^1].Sequence;
                }
                seen.SetEquals(thread.Messages.Select(static m => m.Sequence)).Should().BeTrue("seed {0}, pages of {1}", seed, size);
            }
        }
    }

    [Test]
    public void Read_Latest_IsAtMostSoManyUnlessOnlyOneCallIsLeft()
    {
        for (var seed = 0; seed < Conversations; seed++)
        {
            var thread = MessageThread.Whole(RandomConversation.Make(seed));
            for (var count = 1; count <= thread.Messages.Count; count++)
            {
                var read = thread.Read(MessageRange.Latest(count));
                read.Should().NotBeEmpty();
                if (read.Count > count) Same(read, thread.Messages.Where(Together(thread.Messages, [read[0]]).Contains), $"seed {seed}, latest {count}");
            }
        }
    }

    [Test]
    public void Newest_WhateverWasRead_AnswersAsTheWholeOrSaysThatItCannot()
    {
        var answered = 0;
        for (var seed = 0; seed < Conversations; seed++)
        {
            var messages = RandomConversation.Make(seed);
            var whole = MessageThread.Whole(messages);
            var ranges = Ranges(messages).Concat([MessageRange.Latest(2) with { Role = MessageRole.User }, MessageRange.Latest(2) with { Role = MessageRole.Tool }, MessageRange.LastTurn with { Role = MessageRole.Assistant }]).ToArray();
            for (var from = 0; from < messages.Count; from += 3)
            {
                var newest = MessageThread.Newest([.. messages.Skip(from)]);
                foreach (var range in ranges.Where(newest.Suffices))
                {
                    answered++;
                    Same(newest.Read(range), whole.Read(range), $"seed {seed} from {from}, {range}");
                    Same(newest.Removed(range), whole.Removed(range), $"seed {seed} from {from}, {range}");
                }
            }
        }
        answered.Should().BeGreaterThan(1_000, "most of what is asked is near the end");
    }

    [Test]
    public void Removed_EveryRangeOfRandomConversations_TakesTheRangeAndResultsOfItsCallsOnly()
    {
        for (var seed = 0; seed < Conversations; seed++)
        {
            var thread = MessageThread.Whole(RandomConversation.Make(seed));
            foreach (var range in Ranges(thread.Messages).Where(static r => r.Count is null && !r.IsLastTurn))
            {
                var removed = thread.Removed(range);
                var gone = removed.Select(static m => m.Sequence).ToHashSet();
                if (ToolPairs.Of([.. thread.Messages.Where(m => !gone.Contains(m.Sequence))]).Exists(static p => p.Call is null)) Assert.Fail($"A result is left without its call: seed {seed}, {range}");
                Holds(removed, thread.Messages.Where(m => m.Sequence >= (range.First ?? 0) && m.Sequence <= (range.Last ?? long.MaxValue)), $"seed {seed}, {range}");
                if (removed.Any(m => m.Sequence < (range.First ?? 0))) Assert.Fail($"More was removed than wanted: seed {seed}, {range}");
            }
        }
    }

    [Test]
    public void Trim_LateResult_StaysWithItsCall()
    {
        var thread = Thread(HistoryMessage.User("book it"), HistoryMessage.Assistant(null, new ToolCall("c", "book", "{}")), HistoryMessage.User("and?"), HistoryMessage.Assistant("wait"),
            HistoryMessage.User("now?"), HistoryMessage.Tool("c", "booked"), HistoryMessage.Assistant("done"));

        thread.Trim(4).Messages.Select(static m => m.Sequence).Should().Equal(2, 5, 6, 7);
    }

    [Test]
    public void Trim_PinnedResult_KeepsItsCallAndAllThatItAnswers()
    {
        var thread = Thread(HistoryMessage.User("1"), HistoryMessage.Assistant(null, new ToolCall("a", "t", ""), new ToolCall("b", "t", "")), HistoryMessage.Tool("a", "x") with { Pinned = true }, HistoryMessage.Tool("b", "y"),
            HistoryMessage.User("2"), HistoryMessage.Assistant("3"), HistoryMessage.User("4"));

        thread.Trim(2).Messages.Select(static m => m.Sequence).Should().Equal(2, 3, 4, 7);
    }

    [Test]
    public void Trim_NoUserMessage_GoesMessageByMessage()
    {
        var thread = Thread([.. Enumerable.Range(0, 10).Select(static i => HistoryMessage.Assistant($"{i}"))]);

        thread.Trim(4).Messages.Select(static m => m.Sequence).Should().Equal(7, 8, 9, 10);
    }

    [Test]
    public void Trim_ResultsInUserMessage_DoNotBeginATurn()
    {
        var thread = Thread(HistoryMessage.User("old"), HistoryMessage.User("weather?"), HistoryMessage.Assistant(null, new ToolCall("c", "weather", "{}")),
            new HistoryMessage { Role = MessageRole.User, ToolResults = [new("c", "sun")] }, HistoryMessage.Assistant("Sunny."));

        thread.Trim(1).Messages.Select(static m => m.Sequence).Should().Equal(2, 3, 4, 5);
    }

    [Test]
    public void Read_CallIdUsedAgain_BelongsToTheNearestCallBefore()
    {
        var thread = Thread(HistoryMessage.Assistant(null, new ToolCall("call_0", "t", "1")), HistoryMessage.Tool("call_0", "r1"),
            HistoryMessage.Assistant(null, new ToolCall("call_0", "t", "2")), HistoryMessage.Tool("call_0", "r2"));

        thread.Read(MessageRange.Only(4)).Select(static m => m.Sequence).Should().Equal(3, 4);
        thread.Read(MessageRange.Only(1)).Select(static m => m.Sequence).Should().Equal(1, 2);
    }

    [Test]
    public void Read_LatestInTheMiddleOfParallelCalls_GoesByTheCall()
    {
        var thread = Thread(HistoryMessage.User("q"), HistoryMessage.Assistant(null, new ToolCall("a", "t", ""), new ToolCall("b", "t", "")),
            HistoryMessage.Tool("a", "x"), HistoryMessage.Tool("b", "y"), HistoryMessage.Assistant("z"));

        thread.Read(MessageRange.Latest(3)).Select(static m => m.Sequence).Should().Equal(5);
        thread.Read(MessageRange.Latest(4)).Select(static m => m.Sequence).Should().Equal(2, 3, 4, 5);
        Thread([.. thread.Messages.Take(4)]).Read(MessageRange.Latest(1)).Select(static m => m.Sequence).Should().Equal(2, 3, 4);
        thread.Read(MessageRange.Before(3, 1)).Select(static m => m.Sequence).Should().Equal(2, 3, 4);
        thread.Read(MessageRange.After(3)).Select(static m => m.Sequence).Should().Equal(2, 3, 4, 5);
        thread.Read(MessageRange.After(1, 1)).Select(static m => m.Sequence).Should().Equal(2, 3, 4);
    }

    /// <summary>Pinned messages, and of the system and developer messages with the same words the newest, of all of them the newest half of the maximum; told in the plainest way.</summary>
    private static HistoryMessage[] Staying(IReadOnlyList<HistoryMessage> messages, int maximum)
    {
        var instructions = messages.Where(static m => !m.Pinned && m.Role is MessageRole.System or MessageRole.Developer && !m.Pinned).Reverse().DistinctBy(static m => (m.Role, m.Text)).Take(Math.Max(1, maximum / 2));
        return [.. messages.Where(static m => m.Pinned), .. instructions];
    }

    private static MessageThread Thread(params HistoryMessage[] messages) => MessageThread.Whole([.. messages.Select(static (m, i) => m with { Sequence = i + 1 })]);

    // Sequences tell messages apart, and comparing them is quick enough for every conversation, maximum and range.
    private static void Same(IEnumerable<HistoryMessage> actual, IEnumerable<HistoryMessage> expected, string because)
    {
        long[] there = [.. actual.Select(static m => m.Sequence)], wanted = [.. expected.Select(static m => m.Sequence)];
        if (!there.AsSpan().SequenceEqual(wanted)) there.Should().Equal(wanted, because);
    }

    private static void Holds(IEnumerable<HistoryMessage> actual, IEnumerable<HistoryMessage> expected, string because)
    {
        var missing = expected.Select(static m => m.Sequence).Except(actual.Select(static m => m.Sequence)).ToArray();
        if (missing.Length > 0) missing.Should().BeEmpty(because);
    }

    private static void Together(HashSet<long> there, long result, long? call, string because)
    {
        if (there.Contains(result) != there.Contains(call!.Value)) Assert.Fail($"{result} answers {call}, and only one of them is there: {because}");
    }

    private static IEnumerable<(long Result, long? Call)> Approvals(IReadOnlyList<HistoryMessage> messages) =>
        (ApprovalLink.Find(messages) ?? []).Select(link => (messages[link.Result].Sequence, (long?)messages[link.Call].Sequence));

    /// <summary>Messages and all that belong to them by tool calls and approvals.</summary>
    private static HashSet<HistoryMessage> Together(IReadOnlyList<HistoryMessage> messages, IEnumerable<HistoryMessage> some)
    {
        var together = some.Select(static m => m.Sequence).ToHashSet();
        var pairs = ToolPairs.Of(messages);
        for (var before = -1; before != together.Count;)
        {
            before = together.Count;
            foreach (var (result, call) in pairs.Concat(Approvals(messages)))
                if (together.Contains(result) || together.Contains(call!.Value)) together.UnionWith([result, call!.Value]);
        }
        return [.. messages.Where(m => together.Contains(m.Sequence))];
    }
}
