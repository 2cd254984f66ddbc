namespace BluePlan.State.Benchmarks;

/// <summary>Runs one operation alone, so that a profiler sees nothing else.</summary>
internal static class Profiling
{
    private static readonly Dictionary<string, Func<RedisServer, IContestant>> Contestants = new()
    {
        ["getex"] = static server => new RawGetEx(server, Texts.Value(0), 1_000),
        ["contract"] = static server => new ContractRead(new Storage.RedisStateProvider(server.ConnectionString), Texts.Value(0), 1_000),
        ["session"] = static server => new TypedSessionGet("typed session get", 1_000, () => OurStore.OnRedis(server)),
        ["append"] = static server => new HistoryAppend("history append", 100, Conversations.Count, () => OurStore.OnRedis(server)),
        ["latest"] = static server => Latest(server, 10_000),
        ["latest-short"] = static server => Latest(server, 10),
        ["token"] = static server => new TokenRecording(() => OurStore.OnRedis(server)),
        ["source-append"] = static server => new SourceAppend(server),
        ["source-token"] = static server => new SourceTokens(server),
        ["put"] = static _ => Put(FileDurability.Always),
        ["put-interval"] = static _ => Put(FileDurability.Interval),
        ["memory"] = static _ => new MemoryContractReads("contract-level read", 1_000, slides: false),
        ["memory-token"] = static _ => new TokenRecording(() => OurStore.InMemory()),
        ["memory-session"] = static _ => new TypedSessionGet("typed session get", 1_000, () => OurStore.InMemory()),
    };

    public static IEnumerable<string> Names => Contestants.Keys;

    public static async Task RunAsync(string name, int callers, int seconds)
    {
        await using var server = await RedisServer.StartAsync();
        Console.WriteLine($"process {Environment.ProcessId}, server {server.ConnectionString}");
        var pace = new Pace(seconds, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), IsQuick: false, new(0));
        ConsoleReport.Write(new SuiteResult([await new Race(name, server, Contestants[name](server)).RunAsync(pace, callers)], [], []));
    }

    private static DocumentPut Put(FileDurability durability) =>
        new("put", FileKeys.Count, new Storage.FileStateProvider(new() { Directory = new ScratchDirectory().Under("put"), Durability = durability }));

    private static HistoryLatest Latest(RedisServer server, int messages) =>
        new($"latest 10 of {messages:N0}", messages, 64, () => OurStore.OnRedis(server, static options => options.History.MaximumMessages = null));
}
