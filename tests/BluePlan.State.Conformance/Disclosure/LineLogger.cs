using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace BluePlan.State.Conformance;

/// <summary>Notes every log line, and what the exceptions with it say.</summary>
internal sealed class LineLogger<T>(ConcurrentQueue<string> lines) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        foreach (var message in LineLogger.OwnMessages(exception).Prepend(formatter(state, exception))) lines.Enqueue(message);
    }
}

/// <summary>What is ours in an exception.</summary>
internal static class LineLogger
{
    // What the platform and a server's client say is theirs.
    public static IEnumerable<string> OwnMessages(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
            if (exception is StateException or ArgumentException or InvalidOperationException or TimeoutException or OverflowException or NotSupportedException) yield return exception.Message;
    }
}
