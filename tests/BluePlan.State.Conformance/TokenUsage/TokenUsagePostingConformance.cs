using System.Collections.Concurrent;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>A record waits until it is posted to its sums: once, whoever does it and whatever goes wrong, and before anybody can miss it.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class TokenUsagePostingConformance<THarness> : TokenUsageFixture<THarness> where THarness : StateProviderHarness, new()
{
    private const string Pending = "usage-pending";
    private const long Most = (1L << 53) - 1;

    // So many records that surely some of them are among those that post.
    private const int Many = 2_000;

    private static readonly Dictionary<string, Func<ITokenUsageManager, Task<long>>> Questions = new()
    {
        ["user's totals"] = async usage => (await usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today)).All.Requests,
        ["totals"] = async usage => (await usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Requests,
        ["session's totals"] = async usage => (await usage.GetSessionTotalsAsync("ann", "s")).All.Requests,
        ["series"] = async usage => (await usage.GetSeriesAsync(UsageScope.Everyone, UsageRange.Today, UsageInterval.Day)).Sum(point => point.Totals.All.Requests),
        ["ranking"] = async usage => (await usage.GetRankingAsync(UsageRange.Today)).Count,
        ["users"] = usage => usage.CountUsersAsync(UsageRange.Today),
        ["user's sessions"] = usage => usage.CountSessionsAsync(UsageScope.User("ann"), UsageRange.Today),
        ["sessions"] = usage => usage.CountSessionsAsync(UsageScope.Everyone, UsageRange.Today),
        ["dashboard"] = async usage => (await usage.GetDashboardAsync()).Today.All.Requests,
        ["listing"] = async usage => (await usage.ListAsync("ann")).Items.Count,
    };

    private static IEnumerable<string> QuestionNames => Questions.Keys;

    [TestCaseSource(nameof(QuestionNames))]
    public async Task Question_FirstOfAll_HoldsWhatWasRecorded(string question)
    {
        await Usage.RecordAsync(Of("r", sessionId: "s"));

        (await Questions[question](Usage)).Should().Be(1);
    }

    [Test]
    public async Task Sums_ManyRecordAndAskAtOnce_HoldEveryRecordOnce()
    {
        var other = (await JoinAsync()).TokenUsage;
        var recorded = 0;
        var records = Parallel.ForEachAsync(Enumerable.Range(0, Many), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, token) =>
        {
            await (number % 2 == 0 ? Usage : other).RecordAsync(Of($"r{number}", $"user{number % 7}", $"m{number % 3}", input: 1, output: 0, sessionId: $"s{number % 11}"), token);
            Interlocked.Increment(ref recorded);
        });
        var askers = Enumerable.Range(0, 4).Select(async asker =>
        {
            while (!records.IsCompleted)
            {
                var before = Volatile.Read(ref recorded);
                (await (asker % 2 == 0 ? Usage : other).GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Requests.Should().BeGreaterThanOrEqualTo(before, "what was recorded before the question is in the answer");
            }
        });
        await Task.WhenAll([records, .. askers]);

        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(Totals(Many, Many, 0));
        (await Usage.GetRankingAsync(UsageRange.Today)).Sum(user => user.TotalTokens).Should().Be(Many);
        for (var user = 0; user < 7; user++)
        {
            var expected = Enumerable.Range(0, Many).Count(number => number % 7 == user);
            (await Usage.GetTotalsAsync(UsageScope.User($"user{user}"), UsageRange.Today)).All.Requests.Should().Be(expected);
            (await Usage.ListAsync($"user{user}", 1000)).Items.Should().HaveCount(expected);
            (await Task.WhenAll(Enumerable.Range(0, 11).Select(session => Usage.GetSessionTotalsAsync($"user{user}", $"s{session}")))).Sum(totals => totals.All.Requests).Should().Be(expected);
        }
    }

    [Test]
    public async Task Record_Many_IsPostedWithoutAnybodyAsking()
    {
        for (var number = 0; number < Many; number++) await Usage.RecordAsync(Of($"r{number}", input: 1, output: 0));

        (await Provider.ReadAsync(new IndexRead(await PendingOfAsync("ann"), limit: 0), default))!.Count.Should().BeLessThan(Many / 2);
    }

    [Test]
    public async Task Record_PostingFails_IsCountedAllTheSame()
    {
        var failures = 0;
        Provider.OnCommit = (commit, next) => IsPost(commit) ? throw Fail(ref failures) : next();
        for (var number = 0; number < Many; number++) (await Usage.RecordAsync(Of($"r{number}", input: 1, output: 0))).Should().BeTrue();
        failures.Should().BePositive();

        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(Totals(Many, Many, 0), "what waits is added to the sums");

        Provider.OnCommit = null;
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(Totals(Many, Many, 0));
    }

    [Test]
    public async Task Dispose_WhatWasRecordedIsNotPosted_IsInTheSumsOfTheNextHost()
    {
        await RecordUnpostedAsync(40, number => $"user{number % 3}");

        await RestartAsync(OnePartition);

        (await Usage.GetTotalsAsync(UsageScope.User("user0"), UsageRange.Today)).All.Should().Be(Totals(14, 14, 0));
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(Totals(40, 40, 0));
        (await Usage.CountUsersAsync(UsageRange.Today)).Should().Be(3);
    }

    [Test]
    public async Task Dispose_WhilePosting_CountsEveryRecordOnce([Values] bool written)
    {
        await RecordUnpostedAsync(40, static _ => "ann");
        var (held, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        Provider.OnCommit = async (commit, next) =>
        {
            if (!IsPost(commit)) return await next();
            var result = written ? await next() : null;
            held.TrySetResult();
            await goOn.Task;
            return result ?? await next();
        };
        var question = Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today);
        await held.Task.WaitAsync(TimeSpan.FromMinutes(1));

        var restart = RestartAsync(OnePartition);
        goOn.SetResult();
        await restart;

        try
        {
            (await question).All.Should().Be(Totals(40, 40, 0));
        }
        catch (ObjectDisposedException)
        {
            // The store was disposed before the question was answered.
        }
        (await Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today)).All.Should().Be(Totals(40, 40, 0));
    }

    [Test]
    public async Task Posting_ManyUsersAndRecords_IsDoneBySeveralShortCommits()
    {
        await RecordUnpostedAsync(900, number => number < 300 ? $"user{number}" : "ann");
        var posts = Posts();

        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(Totals(900, 900, 0));

        posts.Should().OnlyContain(post => post.Records <= 128);
        (posts.Sum(post => post.Records), await Usage.CountUsersAsync(UsageRange.Today)).Should().Be((900, 301));
    }

    [Test]
    public async Task Posting_UsersInTurn_ChangesTheSumsOfEachOnceOrWhereACommitEnds()
    {
        await RecordUnpostedAsync(600, number => $"user{number % 20}");
        var posts = Posts();

        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(Totals(600, 600, 0));

        posts.Should().HaveCount(5);
        posts.Sum(post => post.Users).Should().BeLessThanOrEqualTo(20 + 4);
    }

    [Test]
    public async Task Posting_ReplyLost_CountsOnce()
    {
        await Usage.RecordAsync(Of("r", sessionId: "s"));
        Provider.LoseNextReply();
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(Totals(1, 10, 5));

        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(Totals(1, 10, 5));
        (await Usage.GetSessionTotalsAsync("ann", "s")).All.Should().Be(Totals(1, 10, 5));
    }

    [Test]
    public async Task Posting_AnotherCameFirst_CountsOnce()
    {
        var other = (await JoinAsync()).TokenUsage;
        await Usage.RecordAsync(Of("r"));
        Provider.BeforeNextCommit(() => other.GetDashboardAsync());

        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(Totals(1, 10, 5));
    }

    [Test]
    public async Task Posting_AnotherTookSome_PostsTheRest()
    {
        var pending = await PendingOfAsync("ann");
        await Usage.RecordAsync(Of("r"));
        Provider.BeforeNextCommit(async () =>
        {
            var first = (await Provider.ReadAsync(new IndexRead(pending, limit: 1), default))!.Members.Single();
            await Provider.CommitAsync(new(new RemoveMembers(pending, [first.Member])), default);
        });

        (await Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today)).All.Should().Be(Totals(1, 10, 5));
    }

    [Test]
    public async Task Posting_ForATenantWithAnotherZone_KeepsItsDays()
    {
        // 17:00 UTC is the next day in Shanghai.
        Clock.Now = Clock.Now.AddHours(5);
        var shanghai = (await JoinAsync(builder => builder.Configure(options => options.TokenUsage.ReportingTimeZone = "Asia/Shanghai"))).ForTenant("acme").TokenUsage;
        await shanghai.RecordAsync(Of("r", sessionId: "s"));

        await PostAsync();

        (await ExportAsync()).Should().NotContain(record => record.Key.Type == Pending);
        (await shanghai.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Day(Today.AddDays(1)))).All.Should().Be(Totals(1, 10, 5));
        (await shanghai.GetRankingAsync(UsageRange.Today)).Should().Equal(new UserUsage(1, "ann", 15));
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Requests.Should().Be(0, "it is another tenant's");
    }

    [Test]
    public async Task Posting_UnderALeaseThatIsLost_IsDone()
    {
        var lease = await State.Locks.AcquireAsync("job");
        var fenced = State.FencedBy(lease);
        await fenced.TokenUsage.RecordAsync(Of("r"));
        await lease.DisposeAsync();

        (await fenced.TokenUsage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(Totals(1, 10, 5));
        await fenced.TokenUsage.Invoking(u => u.RecordAsync(Of("r2"))).Should().ThrowAsync<StateLockLostException>();
    }

    [Test]
    public async Task Posting_SumsAreFull_GoOnBesideThem()
    {
        for (var number = 0; number < 3; number++) await Usage.RecordAsync(Of($"r{number}", input: Most, output: 0, sessionId: "s") with { CostNanos = Most });
        await PostAsync();
        await Usage.RecordAsync(Of("r3", input: 1, output: 0, sessionId: "s") with { CostNanos = 1 });
        await Usage.RecordAsync(Of("r4", "bob", "m2", input: 1, output: 0));
        var sum = new TokenTotals(4, 3 * Most + 1, 0, 0, 0, 0, 3 * Most + 1);

        (await Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today)).ByModel.Should().Equal(new Dictionary<string, TokenTotals> { ["m1"] = sum });
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).ByModel.Should().Equal(new Dictionary<string, TokenTotals> { ["m1"] = sum, ["m2"] = Totals(1, 1, 0) });
        (await Usage.GetSessionTotalsAsync("ann", "s")).All.Should().Be(sum);
        (await Usage.GetSeriesAsync(UsageScope.Everyone, UsageRange.Today, UsageInterval.QuarterHour)).Select(point => point.Totals.All).Where(totals => totals.Requests > 0).Should().Equal(sum + Totals(1, 1, 0));
        (await Usage.GetRankingAsync(UsageRange.Today)).Should().Equal([new(1, "ann", Most), new(2, "bob", 1)], "a rank goes as far as a score does");
        (await Usage.CountSessionsAsync(UsageScope.Everyone, UsageRange.Today)).Should().Be(1);
        (await Usage.ListAsync("ann")).Items.Should().HaveCount(4);
        Clock.Now = Clock.Now.AddDays(40);
        (await Usage.CleanupAsync()).RemovedQuarterHours.Should().BePositive();
        (await ExportAsync()).SelectMany(record => record.Content is MapContent map && record.Key.Type != "usage-session" ? map.Fields.Keys : []).Should().NotContain(field => field.StartsWith('q'));
        (await Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.LastDays(60))).All.Should().Be(sum);
    }

    [Test]
    public async Task Posting_HostileNames_ComeOutAsTheyWere()
    {
        foreach (var name in HostNames.Good)
        {
            await Usage.RecordAsync(Of(name, name, name, sessionId: name));
            (await Usage.GetTotalsAsync(UsageScope.User(name), UsageRange.Today)).ByModel.Should().Equal(new Dictionary<string, TokenTotals> { [name] = Totals(1, 10, 5) });
            (await Usage.ListAsync(name)).Items.Should().ContainSingle().Which.RequestId.Should().Be(name);
            (await Usage.GetSessionTotalsAsync(name, name)).All.Requests.Should().Be(1);
        }
        (await Usage.GetRankingAsync(UsageRange.Today, 1000)).Select(user => user.UserId).Should().BeEquivalentTo(HostNames.Good);
    }

    [Test]
    public async Task Posting_LongestNames_FitInto()
    {
        var name = new string('/', 384);
        var usage = State.ForTenant(new('%', 384)).TokenUsage;
        await usage.RecordAsync(new()
        {
            RequestId = name, UserId = name, SessionId = name, Model = name,
            InputTokens = Most / 2, OutputTokens = Most / 2, CachedInputTokens = Most / 4, CacheWriteTokens = Most / 4, ReasoningTokens = Most / 2, CostNanos = Most,
        });

        (await usage.GetTotalsAsync(UsageScope.User(name), UsageRange.Today)).ByModel.Should().Equal(new Dictionary<string, TokenTotals> { [name] = new(1, Most / 2, Most / 2, Most / 4, Most / 4, Most / 2, Most) });
    }

    [TestCase("!")]
    [TestCase("acme/ann")]
    [TestCase("/ann/x/1/1//1/1:rm")]
    [TestCase("/ann/a/x/1//1/1:rm")]
    [TestCase("/ann/a/1/1//1,x/1:rm")]
    [TestCase("/ann/a/1/1//1/2:rm")]
    [TestCase("/ann/a/1/1//1/rm")]
    [TestCase("/ann/a/1/1//-1/1:rm")]
    [TestCase("/ann/a/9999999/1//1/1:rm")]
    [TestCase("/ann/a/1/x//1/1:rm")]
    [TestCase("/ann/a/739676/1/nohandle/1/1:rm")]
    [TestCase("/ann/a/3652058/1//1/1:rm")]
    public async Task Posting_DamagedMember_IsSetAsideAndStandsInNobodysWay(string member)
    {
        await Usage.RecordAsync(Of("r"));
        var pending = await PendingOfAsync("ann");
        await Provider.CommitAsync(new(new SetScores(pending, [new(member, 1)])), default);
        await Usage.RecordAsync(Of("bob's", "bob"));

        (await Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today)).All.Requests.Should().Be(1);
        (await Usage.RecordAsync(Of("r2"))).Should().BeTrue();
        (await Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today)).All.Requests.Should().Be(2);
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Requests.Should().Be(3);

        var aside = (IndexContent)(await ExportAsync()).Single(record => record.Key.Type == "usage-set-aside").Content;
        aside.Members.Should().Equal([new IndexMember(member, 1)], "it can still be looked into");
        aside.Expiry.Instant.Should().BeCloseTo(await Provider.GetTimeAsync(default) + TimeSpan.FromDays(400), TimeSpan.FromMinutes(1), "but not for ever");
    }

    [Test]
    public async Task Posting_TimeBeyondTheCalendar_IsSetAside()
    {
        var pending = await PendingOfAsync("ann");
        await Provider.CommitAsync(new(new SetScores(pending, [new("/ann/a/739676/1//1/1:rm", Most), new("/ann/a/739676/1//1/1:rm2", -Most)])), default);

        (await Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today)).All.Requests.Should().Be(0);
        (await Usage.CleanupAsync()).Should().Be(new UsageCleanup(0, 0));
    }

    [Test]
    public async Task Posting_ManyDamagedMembers_AreAllSetAside()
    {
        await Usage.RecordAsync(Of("r"));
        var pending = await PendingOfAsync("ann");
        await Provider.CommitAsync(new(new SetScores(pending, [.. Enumerable.Range(0, 1_100).Select(number => new IndexMember($"!{number}", number))])), default);

        (await Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today)).All.Requests.Should().Be(1);

        (await Provider.ReadAsync(new IndexRead(pending, limit: 0), default))?.Count.Should().Be(0);
        (await Provider.ReadAsync(new IndexRead(new(pending.Partition, StateShape.Index, "usage-set-aside", "all"), limit: 0), default))!.Count.Should().Be(1_100);
    }

    [Test]
    public async Task Posting_DamagedSum_IsReportedAndStandsInNobodysWay()
    {
        var pending = await PendingOfAsync("ann");
        var other = "bob";
        for (var number = 0; (await PendingOfAsync(other)).Partition != pending.Partition; number++) other = $"bob{number}";
        await PostAsync();
        var day = (await ExportAsync()).Select(record => record.Key).First(key => key.Type == "usage-user-day" && key.Id.StartsWith("/ann/", StringComparison.Ordinal));
        await Provider.CommitAsync(new(new SetFields(day, [new("mu/m1", new("damaged"u8.ToArray()))])), default);
        await Usage.RecordAsync(Of("r", at: Clock.Now.AddDays(-1)));
        await Usage.RecordAsync(Of("r", other));

        await Usage.Invoking(u => u.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today)).Should().ThrowAsync<StateCorruptionException>().WithMessage("*holds bytes*backup*");
        await Usage.Invoking(u => u.GetDashboardAsync()).Should().ThrowAsync<StateCorruptionException>("everyone's sums lack it");
        (await Usage.GetTotalsAsync(UsageScope.User(other), UsageRange.Today)).All.Should().Be(Totals(1, 10, 5), "it is another user's");
        (await State.ForTenant("acme").TokenUsage.GetDashboardAsync()).Today.All.Requests.Should().Be(0, "it is another tenant's");
        (await Usage.CleanupAsync()).Should().Be(new UsageCleanup(0, 0), "one damaged sum does not end the clean-up");

        (await ExportAsync()).Where(record => record.Key == pending).SelectMany(record => ((IndexContent)record.Content).Members).Should().ContainSingle(member => member.Member.StartsWith("/ann/", StringComparison.Ordinal));
        await Provider.CommitAsync(new(new DeleteKey(day)), default);
        (await Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Day(Today.AddDays(-1)))).All.Should().Be(Totals(1, 10, 5));
        (await Usage.GetTotalsAsync(UsageScope.User(other), UsageRange.Today)).All.Should().Be(Totals(1, 10, 5));
    }

    /// <summary>Where a user's records wait.</summary>
    private async Task<StateKey> PendingOfAsync(string userId)
    {
        StateKey? pending = null;
        var hook = Provider.OnCommit;
        Provider.OnCommit = (commit, next) =>
        {
            foreach (var operation in commit.Operations.Where(static operation => operation.Key.Type == Pending)) pending ??= operation.Key;
            return next();
        };
        await Usage.RecordAsync(Of("where", userId, input: 0, output: 0) with { At = Clock.Now.AddDays(-1) });
        Provider.OnCommit = hook;
        return pending!.Value;
    }

    /// <summary>Records in one partition, and has nothing posted meanwhile.</summary>
    private async Task RecordUnpostedAsync(int count, Func<int, string> user)
    {
        await StartAsync(OnePartition);
        Provider.OnCommit = (commit, next) => IsPost(commit) ? throw new StateUnavailableException("Out of order.", mayHaveBeenWritten: false) : next();
        // Each at a time of its own: what waits is read in that order.
        for (var number = 0; number < count; number++) await Usage.RecordAsync(Of($"r{number}", user(number), input: 1, output: 0, at: Clock.Now.AddMilliseconds(number)));
    }

    private static void OnePartition(BluePlanStateBuilder builder) => builder.Configure(static options => options.PartitionCount = 1);

    /// <summary>Notes of every post from now on how many users' sums it changes, and how many records it takes.</summary>
    private ConcurrentQueue<(int Users, int Records)> Posts()
    {
        var posts = new ConcurrentQueue<(int Users, int Records)>();
        Provider.OnCommit = (commit, next) =>
        {
            if (IsPost(commit)) posts.Enqueue((commit.Operations.Count(static operation => operation.Key.Type == "usage-user-day" && operation is IncrementFields), commit.Operations.OfType<RemoveMembers>().Single().Members.Count));
            return next();
        };
        return posts;
    }

    private static bool IsPost(StateCommit commit) => commit.Operations.Any(static operation => operation is RemoveMembers { Key.Type: Pending });

    private static StateUnavailableException Fail(ref int failures)
    {
        Interlocked.Increment(ref failures);
        return new("Out of order.", mayHaveBeenWritten: false);
    }
}
