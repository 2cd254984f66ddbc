using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace BluePlan.State.Tests;

/// <summary>Keeps what is logged, under any category.</summary>
internal sealed class ListLogger : ILoggerFactory, ILogger
{
    public ConcurrentQueue<(LogLevel Level, EventId Event, string Message, Exception? Exception)> Entries { get; } = [];

    /// <summary>The event at which logging fails, as a logger's own disk may.</summary>
    public int? Refused { get; set; }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id == Refused) throw new IOException("The log's disk is full.");
        Entries.Enqueue((logLevel, eventId, formatter(state, exception), exception));
    }

    public void Dispose() { }
}
