using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Questions to a store that can be read and refuses to be written to: a replica, a full disk, a server that cannot save. Every answer is what it would be otherwise.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class TokenUsageRefusedConformance<THarness> : TokenUsageFixture<THarness> where THarness : StateProviderHarness, new()
{
    private const int Count = 400;
    private const int Users = 12;
    private const int Days = 20;

    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    [TestCase(1)]
    [TestCase(2)]
    public async Task Questions_WritesAreRefused_AreAnsweredExactly(int seed)
    {
        var recount = UsageRecount.Random(seed, Count, Users, Days, Clock.Now);
        foreach (var record in recount.Records.Take(Count / 2)) await Usage.RecordAsync(record);
        await PostAsync();
        Refuse(IsPost);
        foreach (var record in recount.Records.Skip(Count / 2)) await Usage.RecordAsync(record);
        (await Usage.RecordAsync(recount.Records[^1])).Should().BeFalse("it is counted already");
        Refuse(static _ => true);

        var refused = await AskAsync();

        foreach (var (question, answer) in Expected(recount)) refused[question].Should().BeEquivalentTo(answer, question);
        Provider.OnCommit = null;
        (await AskAsync()).Should().BeEquivalentTo(refused, "posted it says the same");
    }

    [Test]
    public async Task ListAsync_WritesAreRefused_PagesThroughWhatIsPostedAndWhatWaits()
    {
        for (var number = 0; number < 30; number++)
        {
            if (number == 12) await PostAsync();
            if (number == 12) Refuse(IsPost);
            // Of every three, two stand beside those that are posted.
            await Usage.RecordAsync(Of($"r{number:d2}", at: Clock.Now.AddHours(-(number % 12) * 5)));
        }
        var records = new List<TokenUsageRecord>();
        string? after = null;
        do
        {
            var page = await Usage.ListAsync("ann", 7, after);
            records.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        records.Select(static r => (-r.At.ToUnixTimeMilliseconds(), r.RequestId)).Should().HaveCount(30).And.BeInAscendingOrder();
    }

    [Test]
    public async Task Questions_AnotherPostsMeanwhile_CountOnce()
    {
        var other = (await JoinAsync()).TokenUsage;
        await Usage.RecordAsync(Of("r", sessionId: "s"));
        var reads = 0;
        Refuse(IsPost);
        var post = false;
        Provider.OnRead = async (asked, read) =>
        {
            var answer = await read();
            if (!post && asked.Any(static r => r.Key.Type == "usage-pending") && ++reads == 2)
            {
                // What waits is known, the sums are not read yet.
                post = true;
                Provider.OnCommit = null;
                await other.GetDashboardAsync();
                Refuse(IsPost);
            }
            return answer;
        };

        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(Totals(1, 10, 5));
        post.Should().BeTrue();
    }

    [Test]
    public async Task Questions_OtherTenantsWait_AreTheirs()
    {
        Refuse(IsPost);
        await Usage.RecordAsync(Of("r", sessionId: "s"));
        var acme = State.ForTenant("acme").TokenUsage;

        (await acme.GetDashboardAsync()).Should().BeEquivalentTo(new { UsersToday = 0, SessionsToday = 0, Today = new { All = default(TokenTotals) } });
        (await acme.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today)).All.Should().Be(default(TokenTotals));
        (await Usage.GetTotalsAsync(UsageScope.User("bob"), UsageRange.Today)).All.Should().Be(default(TokenTotals));
    }

    private async Task<Dictionary<string, object>> AskAsync()
    {
        var range = UsageRange.Between(Today.AddDays(-Days), Today);
        var answers = new Dictionary<string, object>
        {
            ["totals"] = (await Usage.GetTotalsAsync(UsageScope.Everyone, range)).ByModel,
            ["totals in Shanghai"] = (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Between(Today.AddDays(-7), Today.AddDays(-2)) with { Zone = Shanghai })).ByModel,
            ["series"] = (await Usage.GetSeriesAsync(UsageScope.Everyone, UsageRange.LastDays(3), UsageInterval.Hour)).Select(static p => p.Totals.ByModel).ToArray(),
            ["ranking"] = (await Usage.GetRankingAsync(range, 5)).Select(static u => (u.UserId, u.TotalTokens)).ToArray(),
            ["ranking of a day"] = (await Usage.GetRankingAsync(UsageRange.Day(Today.AddDays(-1)), 100)).Select(static u => (u.UserId, u.TotalTokens)).ToArray(),
            ["users"] = await Usage.CountUsersAsync(range),
            ["users of a day"] = await Usage.CountUsersAsync(UsageRange.Day(Today.AddDays(-1))),
            ["sessions"] = await Usage.CountSessionsAsync(UsageScope.Everyone, range),
            ["sessions of a day"] = await Usage.CountSessionsAsync(UsageScope.Everyone, UsageRange.Day(Today.AddDays(-1))),
            ["today"] = (await Usage.GetDashboardAsync()).Today.ByModel,
            ["yesterday"] = (await Usage.GetDashboardAsync()).Yesterday.ByModel,
            ["users today"] = (await Usage.GetDashboardAsync()).UsersToday,
            ["sessions today"] = (await Usage.GetDashboardAsync()).SessionsToday,
        };
        for (var number = 0; number < Users; number++)
        {
            var user = $"user{number}";
            answers[$"{user}'s totals"] = (await Usage.GetTotalsAsync(UsageScope.User(user), range)).ByModel;
            answers[$"{user}'s sessions"] = await Usage.CountSessionsAsync(UsageScope.User(user), range);
            answers[$"{user}'s session"] = (await Usage.GetSessionTotalsAsync(user, "session1")).ByModel;
            answers[$"{user}'s records"] = (await Usage.ListAsync(user, 1000)).Items.Select(static r => r.RequestId).ToArray();
        }
        return answers;
    }

    private Dictionary<string, object> Expected(UsageRecount recount)
    {
        var (first, yesterday, utc) = (Today.AddDays(-Days), Today.AddDays(-1), TimeZoneInfo.Utc);
        var answers = new Dictionary<string, object>
        {
            ["totals"] = recount.Totals(null, first, Today, utc),
            ["totals in Shanghai"] = recount.Totals(null, Today.AddDays(-7), Today.AddDays(-2), Shanghai),
            ["series"] = recount.Series(null, Today.AddDays(-2), Today, utc, UsageInterval.Hour).Select(static p => p.ByModel).ToArray(),
            ["ranking"] = recount.Ranking(first, Today, utc).Take(5).ToArray(),
            ["ranking of a day"] = recount.Ranking(yesterday, yesterday, utc).ToArray(),
            ["users"] = (long)recount.Ranking(first, Today, utc).Count(),
            ["users of a day"] = (long)recount.Ranking(yesterday, yesterday, utc).Count(),
            ["sessions"] = (long)recount.Sessions(null, first, Today, utc),
            ["sessions of a day"] = (long)recount.Sessions(null, yesterday, yesterday, utc),
            ["today"] = recount.Totals(null, Today, Today, utc),
            ["yesterday"] = recount.Totals(null, yesterday, yesterday, utc),
            ["users today"] = (long)recount.Ranking(Today, Today, utc).Count(),
            ["sessions today"] = (long)recount.Sessions(null, Today, Today, utc),
        };
        for (var number = 0; number < Users; number++)
        {
            var user = $"user{number}";
            answers[$"{user}'s totals"] = recount.Totals(user, first, Today, utc);
            answers[$"{user}'s sessions"] = (long)recount.Sessions(user, first, Today, utc);
            answers[$"{user}'s session"] = recount.Session(user, "session1");
            answers[$"{user}'s records"] = recount.Records.Where(r => r.UserId == user).Select(static r => r.RequestId).ToArray();
        }
        return answers;
    }

    private void Refuse(Func<StateCommit, bool> which) =>
        Provider.OnCommit = (commit, next) => which(commit) ? throw new StateUnavailableException("READONLY You can't write against a read only replica.", mayHaveBeenWritten: false) : next();

    private static bool IsPost(StateCommit commit) => commit.Operations.Any(static operation => operation is RemoveMembers { Key.Type: "usage-pending" });
}
