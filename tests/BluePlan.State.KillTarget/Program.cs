using System.Globalization;
using BluePlan.State;
using BluePlan.State.KillTarget;
using BluePlan.State.Storage;

// A process to be killed, or to be run on a disk that fails: writes to the store in the directory that is its first argument, from several callers at once, and says on its output what was acknowledged.
// Its second argument is the durability, its third a seed, its fourth the most commits that each caller makes.
// Or, with "lock" and a store, holds a lock there. Or, with "starve", a store and a number, lets so many callers block the thread pool.
// Or, with "run", an assembly, a type of it and an argument, runs that.
if (args[0] == StarvedCallers.Command)
{
    await StarvedCallers.RunAsync(args[1], int.Parse(args[2], CultureInfo.InvariantCulture));
    return 0;
}
if (args[0] == ForeignCode.Command)
{
    await ForeignCode.RunAsync(args[1], args[2], args[3]);
    return 0;
}
if (args[0] == LockHolder.Command)
{
    await LockHolder.RunAsync(args[1]);
    return 0;
}
var random = new Random(int.Parse(args[2], CultureInfo.InvariantCulture));
var most = args.Length > 3 ? long.Parse(args[3], CultureInfo.InvariantCulture) : long.MaxValue;
await using var provider = new FileStateProvider(new() { Directory = args[0], Durability = Enum.Parse<FileDurability>(args[1]), FlushInterval = TimeSpan.FromMilliseconds(20) });
await provider.OpenAsync(CounterWorkload.Callers, CancellationToken.None);
Console.WriteLine("open");
var output = new Lock();
var stopped = false;
var callers = Enumerable.Range(0, CounterWorkload.Callers).Select(RunAsync).ToList();
while (!callers.All(static c => c.IsCompleted))
{
    // Checkpoints come whenever there is enough to make one pay, and some more.
    await provider.MaintainAsync(CancellationToken.None);
    if (random.Next(3) == 0) await provider.ImportAsync(AsyncEnumerable.Empty<StateRecord>(), StateImportMode.Merge, CancellationToken.None);
    await Task.WhenAny(Task.WhenAll(callers), Task.Delay(random.Next(1, 20)));
}
await Task.WhenAll(callers);
return stopped ? 3 : 0;

async Task RunAsync(int caller)
{
    var last = await CounterWorkload.ReadAsync(provider, caller);
    while (last < most)
    {
        try
        {
            await provider.CommitAsync(CounterWorkload.Commit(caller, last + 1), CancellationToken.None);
        }
        catch (StateUnavailableException exception)
        {
            stopped = true;
            lock (output) Console.WriteLine($"refused {caller} {last + 1} {exception.MayHaveBeenWritten} {exception.Message.ReplaceLineEndings(" ")}");
            if (!exception.MayHaveBeenWritten) return;
            // The store is opened anew, and shows whether it was.
            try
            {
                // What was read must be there from now on, as if it had been acknowledged.
                last = await CounterWorkload.ReadAsync(provider, caller);
                lock (output) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"done {caller} {last} ;"));
            }
            catch (StateUnavailableException)
            {
                return;
            }
            continue;
        }
        last++;
        lock (output) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"done {caller} {last} ;"));
    }
}
