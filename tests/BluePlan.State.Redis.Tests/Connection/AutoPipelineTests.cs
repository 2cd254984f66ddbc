using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>How the commands of many callers leave together. The client is played by what is handed to it.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AutoPipelineTests
{
    private const int Few = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly AutoPipeline _pipeline = new();

    [Test]
    public async Task SendAsync_FewOnTheirWay_SendsOnTheCallersThreadAtOnce()
    {
        var replies = Replies(Few);
        var threads = new List<int>();

        var calls = replies.ConvertAll(reply => SendAsync(() => { threads.Add(Environment.CurrentManagedThreadId); return reply.Task; }));

        threads.Should().Equal(Enumerable.Repeat(Environment.CurrentManagedThreadId, Few));
        await EndAsync(replies, calls);
    }

    [Test]
    public async Task SendAsync_ManyOnTheirWay_SendsEachAndAnswersEachWithItsOwn()
    {
        var replies = Replies(Few);
        var calls = replies.ConvertAll(reply => SendAsync(() => reply.Task));

        var more = Enumerable.Range(0, 1_000).Select(async number => (number, reply: await SendAsync(() => Task.FromResult(number)))).ToArray();

        (await Task.WhenAll(more).WaitAsync(Patience)).Should().AllSatisfy(static call => call.reply.Should().Be(call.number));
        await EndAsync(replies, calls);
    }

    [Test]
    public async Task SendAsync_ManyOnTheirWay_WaitsForAnotherThreadToSend()
    {
        var replies = Replies(Few);
        var calls = replies.ConvertAll(reply => SendAsync(() => reply.Task));
        using var sent = new ManualResetEventSlim();
        var caller = Environment.CurrentManagedThreadId;

        var call = SendAsync(() => { sent.Set(); return Task.FromResult(Environment.CurrentManagedThreadId); });

        sent.Wait(Patience).Should().BeTrue();
        (await call).Should().NotBe(caller);
        await EndAsync(replies, calls);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task SendAsync_CallerBlocksWhenItsAnswerIsThere_StillSendsTheOthers(bool fails)
    {
        var replies = Replies(Few);
        var calls = replies.ConvertAll(reply => SendAsync(() => reply.Task));
        using var allWait = new ManualResetEventSlim();
        using var sent = new ManualResetEventSlim();

        var first = SendAsync(() => Task.FromResult(allWait.Wait(Patience) ? 1 : 0));
        var blocking = BlockAsync();
        var last = SendAsync(() => { sent.Set(); return Task.FromResult(2); });
        allWait.Set();

        (await blocking.WaitAsync(Patience * 2)).Should().BeTrue("the last command must be sent while another caller blocks");
        (await first, await last).Should().Be((1, 2));
        await EndAsync(replies, calls);

        async Task<bool> BlockAsync()
        {
            var call = SendAsync(() => fails ? throw new InvalidOperationException() : Task.FromResult(0));
            try
            {
                await call.ConfigureAwait(false);
            }
            catch (InvalidOperationException) when (fails)
            {
                // What is tested is what the caller does then.
            }
            return sent.Wait(Patience);
        }
    }

    [Test]
    public async Task SendAsync_ClientThrowsOrFails_ThrowsItAndLeavesNoTrace()
    {
        for (var i = 0; i < Few * 2; i++)
        {
            await FluentActions.Awaiting(() => SendAsync(() => throw new InvalidOperationException("at once"))).Should().ThrowAsync<InvalidOperationException>().WithMessage("at once");
            await FluentActions.Awaiting(() => SendAsync(() => Task.FromException<int>(new TimeoutException("later")))).Should().ThrowAsync<TimeoutException>().WithMessage("later");
        }

        var sender = 0;
        var call = SendAsync(() => Task.FromResult(sender = Environment.CurrentManagedThreadId));
        sender.Should().Be(Environment.CurrentManagedThreadId, "calls that failed are on their way no more");
        await call;
    }

    [Test]
    public async Task SendAsync_ManyOnTheirWay_SendsInTheCallersContext()
    {
        var replies = Replies(Few);
        var calls = replies.ConvertAll(reply => SendAsync(() => reply.Task));
        var context = new AsyncLocal<int>();

        var more = Enumerable.Range(0, 10).Select(async number =>
        {
            context.Value = number;
            return (number, seen: await SendAsync(() => Task.FromResult(context.Value)));
        }).ToArray();

        (await Task.WhenAll(more).WaitAsync(Patience)).Should().AllSatisfy(static call => call.seen.Should().Be(call.number));
        await EndAsync(replies, calls);
    }

    private static List<TaskCompletionSource<int>> Replies(int count) => [.. Enumerable.Range(0, count).Select(static _ => new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously))];

    private static async Task EndAsync(List<TaskCompletionSource<int>> replies, List<Task<int>> calls)
    {
        for (var i = 0; i < replies.Count; i++) replies[i].SetResult(i);
        (await Task.WhenAll(calls).WaitAsync(Patience)).Should().Equal(Enumerable.Range(0, replies.Count));
    }

    private Task<int> SendAsync(Func<Task<int>> send) => _pipeline.SendAsync(null!, send, static (_, send) => send()).AsTask();
}
