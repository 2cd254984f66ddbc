using System.Runtime.CompilerServices;

namespace BluePlan.State.Conformance;

/// <summary>A target that lets a test stand before every call: to count them, to fail one, or to let something happen first.</summary>
public sealed class InterceptingBackupTarget(IBackupTarget inner) : IBackupTarget
{
    private int _calls;

    /// <summary>Called before each call with its number, from 1, what it does (<c>write</c>, <c>open</c>, <c>list</c> or <c>delete</c>) and the name or prefix; what it throws the call throws.</summary>
    public Func<int, string, string, Task>? Before { get; set; }

    /// <summary>The same after each call that succeeded: the call happened, and its caller sees a failure.</summary>
    public Func<int, string, string, Task>? After { get; set; }

    /// <summary>How many calls were made.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <inheritdoc/>
    public string Description => inner.Description;

    /// <summary>Fails a call as a target does that cannot be reached.</summary>
    public static Task Fail() => throw new StateUnavailableException("The target is gone.", mayHaveBeenWritten: true);

    /// <inheritdoc/>
    public Task WriteAsync(string name, Stream content, CancellationToken cancellationToken = default) =>
        CallAsync("write", name, async () => { await inner.WriteAsync(name, content, cancellationToken); return true; });

    /// <inheritdoc/>
    public Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken = default) => CallAsync("open", name, () => inner.OpenAsync(name, cancellationToken));

    /// <inheritdoc/>
    public async IAsyncEnumerable<BackupObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var items = await CallAsync("list", prefix, async () =>
        {
            var found = new List<BackupObject>();
            await foreach (var item in inner.ListAsync(prefix, cancellationToken)) found.Add(item);
            return found;
        });
        foreach (var item in items) yield return item;
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default) => CallAsync("delete", name, () => inner.DeleteAsync(name, cancellationToken));

    private async Task<T> CallAsync<T>(string what, string name, Func<Task<T>> call)
    {
        var number = Interlocked.Increment(ref _calls);
        if (Before is { } before) await before(number, what, name);
        var result = await call();
        if (After is { } after) await after(number, what, name);
        return result;
    }
}
