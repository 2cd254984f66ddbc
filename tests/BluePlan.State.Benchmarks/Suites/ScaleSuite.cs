namespace BluePlan.State.Benchmarks;

/// <summary>What grows when the store grows: the cost of an operation, the memory of an item, the time of the widest question.</summary>
internal sealed class ScaleSuite : ISuite
{
    private const int Small = 1_000;
    private const int Middle = 100_000;
    private const int Large = 1_000_000;

    public string Name => "scale";

    public async Task<SuiteResult> RunAsync(Pace pace)
    {
        var (races, rows, notes) = (new List<RaceResult>(), new List<Row>(), new List<Note>());
        await SessionsOnRedisAsync(pace, races, rows, notes);
        await SessionsOnFilesAsync(pace, races, rows, notes);
        await DocumentsInMemoryAsync(pace, races, rows, notes);
        await ConversationsAsync(pace, races, rows);
        await new DashboardScale(pace.Size(100_000)).RunAsync(notes);
        return new(races, rows, notes);
    }

    private static async Task SessionsOnRedisAsync(Pace pace, List<RaceResult> races, List<Row> rows, List<Note> notes)
    {
        await using var small = await RedisServer.StartAsync();
        await using var middle = await RedisServer.StartAsync();
        await using var large = await RedisServer.StartAsync();
        var sizes = new[] { (Server: small, Size: pace.Size(Small)), (Server: middle, Size: pace.Size(Middle)), (Server: large, Size: pace.Size(Large)) };
        var before = await large.MemoryAsync();
        var race = await new Race("Scale: session get on Redis", null, [.. sizes.Select(static s => new TypedSessionGet(Sessions(s.Size), s.Size, () => OurStore.OnRedis(s.Server)))]).RunAsync(pace, 64);
        notes.Add(new("memory of a session", "Redis", (await large.MemoryAsync() - before) / pace.Size(Large), "bytes"));
        AddRows("Redis: session get", race, [.. sizes.Select(static s => Sessions(s.Size))], 1.5, races, rows);
    }

    private static async Task SessionsOnFilesAsync(Pace pace, List<RaceResult> races, List<Row> rows, List<Note> notes)
    {
        using var directory = new ScratchDirectory();
        int[] sizes = [pace.Size(Small), pace.Size(Middle), pace.Size(Large)];
        var race = await new Race("Scale: session get on files", null, [.. sizes.Select((size, i) => new TypedSessionGet(Sessions(size), size, () => OurStore.OnFiles(directory.Under($"sessions-{i}"))))]).RunAsync(pace, 64);
        AddRows("File: session get", race, [.. sizes.Select(Sessions)], 1.3, races, rows);
        var puts = await new Race("Scale: durable put", null, [.. sizes.Select((size, i) =>
            new DocumentPut(Sessions(size), size, new Storage.FileStateProvider(new() { Directory = directory.Under($"puts-{i}") })))]).RunAsync(pace, 64);
        AddRows("File: put", puts, [.. sizes.Select(Sessions)], 1.3, races, rows);
        notes.Add(new("memory of a session", "files and memory", await MemoryOfASessionAsync(pace.Size(Middle)), "bytes"));
    }

    private static async Task DocumentsInMemoryAsync(Pace pace, List<RaceResult> races, List<Row> rows, List<Note> notes)
    {
        int[] sizes = [pace.Size(Small), pace.Size(Middle), pace.Size(Large)];
        var race = await new Race("Scale: document read in memory", null,
        [
            .. sizes.Select(static (size, i) => new MemoryContractReads($"ours, {Sessions(size)} ({i})", size, slides: false)),
            .. sizes.Select(static (size, i) => new MemoryCacheReads($"MemoryCache, {Sessions(size)} ({i})", size, slides: false)),
        ]).RunAsync(pace, 1);
        races.Add(race);
        double Cost(string who, int i) => 1e9 / race[$"{who}, {Sessions(sizes[i])} ({i})", 1].OperationsPerSecond.Median;
        double Growth(string who) => Cost(who, 2) / Cost(who, 0);
        var (ours, peer) = (Growth("ours"), Growth("MemoryCache"));
        rows.Add(new($"In memory: how many times a read at {sizes[2]:N0} costs one at {sizes[0]:N0}", "contract-level read", "MemoryCache", 1, ours, peer, "×", ours / peer, new(ours / peer, ours / peer, ours / peer), 1, AtMost: true));
        notes.Add(new($"read at {sizes[2]:N0}", "memory", Cost("ours", 2), "ns"));
        notes.Add(new($"read at {sizes[2]:N0}", "MemoryCache", Cost("MemoryCache", 2), "ns"));
    }

    private static async Task ConversationsAsync(Pace pace, List<RaceResult> races, List<Row> rows)
    {
        int[] sizes = [10, pace.Size(1_000), pace.Size(10_000)];
        static void Unlimited(BluePlanStateOptions options) => options.History.MaximumMessages = null;
        using var directory = new ScratchDirectory();
        await using var server = await RedisServer.StartAsync();
        var stores = new (string Name, double Bar, Func<OurStore> Open)[]
        {
            ("Redis", 1.5, () => OurStore.OnRedis(server, Unlimited)),
            ("File", 1.3, () => OurStore.OnFiles(directory.Under($"history-{Guid.NewGuid():n}"), Unlimited)),
        };
        foreach (var (name, bar, open) in stores)
        {
            var appends = await new Race($"Scale: history append, {name}", null, [.. sizes.Select(size => new HistoryAppend(Messages(size), size, 64, open))]).RunAsync(pace, 64);
            AddRows($"{name}: history append", appends, [.. sizes.Select(Messages)], bar, races, rows);
            var reads = await new Race($"Scale: latest 10 messages, {name}", null, [.. sizes.Select(size => new HistoryLatest(Messages(size), size, 64, open))]).RunAsync(pace, 64);
            AddRows($"{name}: latest 10 messages", reads, [.. sizes.Select(Messages)], bar, races, rows);
        }
    }

    private static void AddRows(string what, RaceResult race, string[] names, double bar, List<RaceResult> races, List<Row> rows)
    {
        races.Add(race);
        rows.Add(race.AtMost(what, names[1], names[0], 64, null));
        rows.Add(race.AtMost(what, names[2], names[0], 64, bar));
    }

    private static async Task<double> MemoryOfASessionAsync(int sessions)
    {
        await using var store = OurStore.InMemory();
        await store.CreateSessionsAsync(1);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var ids = await store.CreateSessionsAsync(sessions);
        var all = GC.GetTotalMemory(forceFullCollection: true) - before - ids.Sum(static id => 22L + 2 * id.Length + 8);
        return (double)all / sessions;
    }

    private static string Sessions(int size) => $"at {size:N0}";

    private static string Messages(int size) => $"at {size:N0} messages";
}
