using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace InstaMessenger.Hosting.Logs;

/// <summary>
/// Turns what anybody logs, libraries too, into the product's lines. Each line names the trace and the request that it belongs to.
/// Something that is away is reported once a minute in one line, not by a stack trace for each attempt.
/// </summary>
/// <param name="name">The format.</param>
/// <param name="outage">Knows what is away.</param>
/// <param name="clock">Tells the time.</param>
internal abstract class LineFormatter(string name, Outage outage, TimeProvider clock) : ConsoleFormatter(name)
{
    private readonly RepeatedLines _repeated = new(clock);

    public sealed override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var values = logEntry.State as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        var repeated = 0;
        var isOutage = logEntry.Exception is { } thrown && outage.Is(thrown);
        if (isOutage && !_repeated.MayWrite(logEntry.Category, values, out repeated)) return;

        var error = isOutage ? Outage.Describe(logEntry.Exception!) : logEntry.Exception?.ToString();
        Write(
            new LogLine(
                clock.GetUtcNow(),
                logEntry.LogLevel,
                logEntry.Category,
                logEntry.EventId.Name,
                logEntry.Formatter(logEntry.State, logEntry.Exception),
                Activity.Current?.TraceId.ToString(),
                RequestIdOf(scopeProvider),
                error,
                repeated,
                values),
            textWriter);
    }

    private static string? RequestIdOf(IExternalScopeProvider? scopes)
    {
        var found = new Found();
        scopes?.ForEachScope(static (scope, found) => found.Id = (scope as IRequestScope)?.RequestId ?? found.Id, found);
        return found.Id;
    }

    /// <summary>Writes a line with its end.</summary>
    protected abstract void Write(in LogLine line, TextWriter writer);

    private sealed class Found
    {
        public string? Id { get; set; }
    }
}
