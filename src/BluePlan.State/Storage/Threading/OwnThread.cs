namespace BluePlan.State.Storage;

/// <summary>Runs long or rare work that blocks on a thread of its own, so that it never waits for the thread pool.</summary>
internal static class OwnThread
{
    public static Task<T> RunAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    public static Task RunAsync(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    /// <summary>The same for work that goes on asynchronously after its blocking part.</summary>
    public static Task RunAsync(Func<Task> work) => RunAsync<Task>(work).Unwrap();

    /// <inheritdoc cref="RunAsync(Func{Task})"/>
    public static Task<T> RunAsync<T>(Func<Task<T>> work) => RunAsync<Task<T>>(work).Unwrap();
}
