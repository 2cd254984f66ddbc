using System.Diagnostics;
using System.Globalization;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>What happens to connections and servers in production: each call ends within the timeout, says whether its write may have happened, and later calls find back by themselves.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ConnectionLifeTests
{
    private const string Password = "s3cret-0f-the-store";
    // Of who waits for a server that hangs. The client gives a connection up on which nothing came for four times that.
    private static readonly TimeSpan ShortTimeout = TimeSpan.FromSeconds(2);
    // Of all others: longer than a busy machine stands still.
    private static readonly TimeSpan LongTimeout = TimeSpan.FromSeconds(60);
    // The client looks once a second for commands that have waited too long; the rest is for a busy machine.
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(40);
    private static readonly StateKey Document = new(0, StateShape.Document, "test", "one");
    private static readonly StateKey Log = new(1, StateShape.Log, "test", "one");

    private TestServer _server = null!;
    private RedisStateProvider _provider = null!;

    [SetUp]
    public async Task OpenAsync()
    {
        _server = await StartAsync(null);
        _provider = new(ConnectionString(_server.Address, LongTimeout));
        await _provider.OpenAsync(4, default);
        await PutAsync(1);
        await AppendAsync("a");
    }

    [TearDown]
    public async Task EndAsync()
    {
        if (_provider is not null) await _provider.DisposeAsync();
        _server?.Dispose();
    }

    [Test]
    public async Task CommitAsync_ServerForgetsItsScripts_GoesOn()
    {
        await _server.CallAsync($"AUTH app {Password}\r\nSCRIPT FLUSH");

        await AppendAsync("b");

        (await EntriesAsync()).Should().Equal("a", "b");
    }

    [Test]
    public async Task CommitAsync_ServerDiesAndComesBack_FailsForCertainThenRecovers()
    {
        var port = _server.Port;
        _server.Kill();
        await FluentActions.Awaiting(() => UntilFailsAsync(() => AppendAsync("x"))).Should().NotThrowAsync();
        foreach (var call in (Func<Task>[])[() => PutAsync(2), () => AppendAsync("b"), () => ReadAsync(), () => ExportAsync(_provider)])
            (await FailsAsync(call)).MayHaveBeenWritten.Should().BeFalse("there is no connection");

        using var again = await StartAsync(port);
        await UntilWorksAsync(() => AppendAsync("c"));

        (await EntriesAsync()).Should().Equal("c");
    }

    [Test]
    public async Task CommitAsync_ConnectionsAreKilled_RecoversAndLosesNothingThatItAcknowledged()
    {
        var acknowledged = 0;
        for (var n = 0; n < 200; n++)
        {
            if (n % 50 == 25) await _server.CallAsync($"AUTH app {Password}\r\nCLIENT KILL TYPE normal SKIPME yes");
            try
            {
                await _provider.CommitAsync(new(new IncrementFields(new(2, StateShape.Map, "test", "one"), [new("n", new long[] { 1 })])), default);
                acknowledged++;
            }
            catch (StateUnavailableException)
            {
                await UntilWorksAsync(() => ReadAsync());
            }
        }

        acknowledged.Should().BeGreaterThan(150);
        var count = (await _provider.ReadAsync(new MapRead(new(2, StateShape.Map, "test", "one"))))!.Fields["n"].Counters.Span[0];
        count.Should().BeInRange(acknowledged, 200, "nothing that was acknowledged is lost, and nothing runs twice");
    }

    [Test]
    public async Task CommitAsync_WritesArePaused_SaysThatItMayHaveHappenedAsItDoes()
    {
        await using var impatient = await OpenImpatientAsync();
        await _server.CallAsync($"AUTH app {Password}\r\nCLIENT PAUSE 60000 WRITE");

        var append = FailsAsync(() => AppendAsync("b", impatient));
        var put = FailsAsync(() => PutAsync(2, impatient));
        (await append).MayHaveBeenWritten.Should().BeTrue("it was sent");
        (await put).MayHaveBeenWritten.Should().BeTrue("it was sent");

        await _server.CallAsync($"AUTH app {Password}\r\nCLIENT UNPAUSE");
        await UntilWorksAsync(() => AppendAsync("c", impatient));
        (await EntriesAsync()).Should().Equal("a", "b", "c");
    }

    [Test]
    public async Task EveryCall_ServerHangs_EndsWithTheTimeoutAndRecovers()
    {
        await using var impatient = await OpenImpatientAsync();
        using var hanging = await Hang.StartAsync(_server, Password);

        var write = FailsAsync(() => AppendAsync("b", impatient));
        var read = FailsAsync(() => ReadAsync(impatient));
        var export = FailsAsync(() => ExportAsync(impatient));
        var key = new StateKey(1, StateShape.Document, "test", "absent");
        Task<StateUnavailableException>[] harmless =
        [
            FailsAsync(() => impatient.ReadOneAsync(new DocumentRead(key, StateExpiry.Keep), CancellationToken.None).AsTask()),
            FailsAsync(() => impatient.ReadAsync([new DocumentRead(key, StateExpiry.Sliding(TimeSpan.FromHours(1)))], CancellationToken.None).AsTask()),
            FailsAsync(() => impatient.CommitAsync(new(new CheckKey(key, StateCondition.IfAbsent)), CancellationToken.None).AsTask()),
        ];
        foreach (var call in harmless) (await call).MayHaveBeenWritten.Should().BeFalse("a touch is no write, and a check writes nothing");
        (await write).MayHaveBeenWritten.Should().BeTrue("it was sent");
        (await read).MayHaveBeenWritten.Should().BeFalse("it only reads");
        (await export).MayHaveBeenWritten.Should().BeFalse("it only reads");

        hanging.Dispose();
        await UntilWorksAsync(() => AppendAsync("c", impatient));
        (await EntriesAsync()).Should().StartWith("a").And.EndWith("c");
    }

    [Test]
    public async Task EveryCall_CancelledWhileTheServerHangs_EndsAtOnce()
    {
        await using var unopened = new RedisStateProvider($"{ConnectionString(_server.Address, LongTimeout)},connectTimeout={LongTimeout.TotalMilliseconds}");
        using var hanging = await Hang.StartAsync(_server, Password);
        using var cancellation = new CancellationTokenSource();
        Task[] calls =
        [
            _provider.CommitAsync(new(new PutDocument(Document, new byte[] { 2 })), cancellation.Token).AsTask(),
            _provider.CommitAsync(new(new AppendEntries(Log, [new(new byte[] { 2 })])), cancellation.Token).AsTask(),
            _provider.ReadAsync([new DocumentRead(Document)], cancellation.Token).AsTask(),
            _provider.ReadOneAsync(new LogRead(Log), cancellation.Token).AsTask(),
            ExportAsync(_provider, cancellation.Token),
            unopened.OpenAsync(4, cancellation.Token).AsTask(),
        ];
        calls.Should().NotContain(static call => call.IsCompleted, "the server hangs");

        var begun = Stopwatch.GetTimestamp();
        await cancellation.CancelAsync();
        foreach (var call in calls) await FluentActions.Awaiting(() => call).Should().ThrowAsync<OperationCanceledException>();

        Stopwatch.GetElapsedTime(begun).Should().BeLessThan(CallLimit, "nobody waits for the timeout of a minute");
    }

    [TestCase("CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0", "*min-replicas-to-write*")]
    [TestCase("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0", "*memory limit*")]
    public async Task CommitAsync_ServerRefusesWrites_NothingIsWrittenReadsGoOnAndItRecovers(string refuse, string allow, string message)
    {
        await _server.CallAsync($"AUTH app {Password}\r\n{refuse}");

        foreach (var call in (Func<Task>[])[() => PutAsync(2), () => AppendAsync("b")])
        {
            var refused = await FailsAsync(call);
            refused.MayHaveBeenWritten.Should().BeFalse("it was refused");
            refused.Message.Should().Match(message);
        }
        (await EntriesAsync()).Should().Equal("a");
        (await _provider.ReadAsync(new DocumentRead(Document, StateExpiry.Sliding(TimeSpan.FromHours(1)))))!.Value.ToArray().Should().Equal([1], "a read that cannot slide still reads");

        await _server.CallAsync($"AUTH app {Password}\r\n{allow}");
        await UntilWorksAsync(() => AppendAsync("c"));
        (await EntriesAsync()).Should().Equal("a", "c");
    }

    [Test]
    public async Task EveryTouch_PrimaryHasBecomeAReplica_IsRefusedInsteadOfStaleAndRecovers()
    {
        await _server.CallAsync($"AUTH app {Password}\r\nREPLICAOF 127.0.0.1 1");

        foreach (var call in (Func<Task>[])[() => PutAsync(2), () => AppendAsync("b"), () => TouchAsync(StateExpiry.Sliding(TimeSpan.FromHours(1))), () => TouchAsync(StateExpiry.Keep)])
        {
            var refused = await FailsAsync(call);
            refused.MayHaveBeenWritten.Should().BeFalse("it was refused");
            refused.Message.Should().Match($"*{_server.Address}*read-only replica*");
        }

        await _server.CallAsync($"AUTH app {Password}\r\nREPLICAOF NO ONE");
        await UntilWorksAsync(() => AppendAsync("c"));
        (await EntriesAsync()).Should().Equal("a", "c");
        (await TouchAsync(StateExpiry.Keep)).Value.ToArray().Should().Equal(1);
    }

    [Test]
    public async Task ExportAsync_OnlyTheReplicaIsLeft_FailsInsteadOfShowingNothing()
    {
        using var replica = await StartAsync(null, "--replicaof", "127.0.0.1", $"{_server.Port}", "--masteruser", "app", "--masterauth", Password);
        await using var provider = new RedisStateProvider(ConnectionString($"{_server.Address},{replica.Address}", LongTimeout));
        await provider.OpenAsync(4, default);
        await Poll.UntilAsync(async () => (await replica.CallAsync($"AUTH app {Password}\r\nINFO replication")).Contains("master_link_status:up", StringComparison.Ordinal), RecoveryLimit, "the replica connects");

        _server.Kill();
        await UntilFailsAsync(() => ExportAsync(provider));

        var refused = await FailsAsync(() => ExportAsync(provider));
        refused.MayHaveBeenWritten.Should().BeFalse();
        refused.Message.Should().Contain(replica.Address).And.Contain("REPLICAOF NO ONE");
    }

    // After a failed attempt to connect the client waits half of its connect timeout before the next one.
    private static string ConnectionString(string address, TimeSpan timeout) =>
        string.Create(CultureInfo.InvariantCulture, $"{address},user=app,password={Password},asyncTimeout={timeout.TotalMilliseconds},connectTimeout=10000");

    private static Task<TestServer> StartAsync(int? port, params string[] settings) =>
        TestServers.StartRedisAsync(port, ["--user", "app", "on", $">{Password}", "~*", "&*", "+@all", .. settings]);

    private async Task<RedisStateProvider> OpenImpatientAsync()
    {
        var impatient = new RedisStateProvider(ConnectionString(_server.Address, ShortTimeout));
        await UntilWorksAsync(() => impatient.OpenAsync(4, default).AsTask());
        await UntilWorksAsync(() => ReadAsync(impatient));
        return impatient;
    }

    private async Task PutAsync(byte value, RedisStateProvider? by = null) => await (by ?? _provider).CommitAsync(new(new PutDocument(Document, new[] { value }, StateExpiry.Sliding(TimeSpan.FromHours(2)))), default);

    private async Task AppendAsync(string id, RedisStateProvider? by = null) => await (by ?? _provider).CommitAsync(new(new AppendEntries(Log, [new(new byte[] { 1 }, id)])), default);

    private async Task<DocumentContent> TouchAsync(StateExpiry expiry) => (await _provider.ReadAsync(new DocumentRead(Document, expiry)))!;

    private async Task ReadAsync(RedisStateProvider? by = null) => await (by ?? _provider).ReadAsync(new LogRead(Log));

    private async Task<IEnumerable<string?>> EntriesAsync() => (await _provider.ReadAsync(new LogRead(Log)))!.Entries.Select(static entry => entry.Id);

    private static async Task ExportAsync(RedisStateProvider provider, CancellationToken cancellationToken = default)
    {
        await foreach (var _ in provider.ExportAsync(cancellationToken))
        {
            // Only whether it comes to its end.
        }
    }

    private static async Task<StateUnavailableException> FailsAsync(Func<Task> call)
    {
        var begun = Stopwatch.GetTimestamp();
        var thrown = (await FluentActions.Awaiting(call).Should().ThrowAsync<StateUnavailableException>()).Which;
        Stopwatch.GetElapsedTime(begun).Should().BeLessThan(CallLimit, "a call ends with the timeout");
        thrown.ToString().Should().NotContain(Password);
        return thrown;
    }

    // The client needs a moment to see that a connection is gone.
    private static async Task UntilFailsAsync(Func<Task> call)
    {
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < RecoveryLimit; await Task.Delay(10))
        {
            try
            {
                await call();
            }
            catch (StateUnavailableException exception) when (!exception.MayHaveBeenWritten)
            {
                return;
            }
            catch (StateUnavailableException)
            {
                // It was on its way when the connection broke.
            }
        }
        Assert.Fail("The call never failed.");
    }

    private static Task UntilWorksAsync(Func<Task> call) => Poll.UntilAvailableAsync(call, RecoveryLimit);

    /// <summary>A server process that is stopped, and goes on when this is disposed.</summary>
    private sealed class Hang : IDisposable
    {
        private readonly string _process;
        private bool _goesOn;

        private Hang(string process) => _process = process;

        public static async Task<Hang> StartAsync(TestServer server, string password)
        {
            var facts = await server.CallAsync($"AUTH app {password}\r\nINFO server");
            var hang = new Hang(facts.Split('\n').First(static line => line.StartsWith("process_id:", StringComparison.Ordinal))[11..].Trim());
            hang.Signal("-STOP");
            return hang;
        }

        public void Dispose()
        {
            if (_goesOn) return;
            _goesOn = true;
            Signal("-CONT");
        }

        private void Signal(string signal)
        {
            using var kill = Process.Start("/bin/kill", [signal, _process]);
            kill.WaitForExit();
            kill.ExitCode.Should().Be(0);
        }
    }
}
