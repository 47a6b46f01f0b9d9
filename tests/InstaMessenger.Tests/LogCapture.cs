using System.Collections.Concurrent;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Logs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace InstaMessenger.Tests;

/// <summary>The lines that a service would write on its console, made by the same formats.</summary>
internal sealed class LogCapture(LineFormatter format) : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<string> _written = new();
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public static LogCapture Json(TimeProvider? clock = null) =>
        new(new JsonLines(new Outage(DatabaseErrors.IsUnavailable), clock ?? TimeProvider.System));

    public static LogCapture Text(TimeProvider? clock = null) =>
        new(new TextLines(new Outage(DatabaseErrors.IsUnavailable), clock ?? TimeProvider.System));

    /// <summary>What was written, with the ends of lines.</summary>
    public IReadOnlyList<string> Written => [.. _written];

    public string All => string.Concat(_written);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class Logger(LogCapture capture, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => capture._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            using var text = new StringWriter { NewLine = "\n" };
            capture.Format.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), capture._scopes, text);
            if (text.GetStringBuilder().Length > 0) capture._written.Enqueue(text.ToString());
        }
    }

    private LineFormatter Format => format;
}
