using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Logs;

/// <summary>One line of the log, before a format writes it.</summary>
/// <param name="At">When (UTC).</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Category">The type that says it.</param>
/// <param name="Event">What happened, like <c>message.sent</c>; null for lines of libraries that name nothing.</param>
/// <param name="Message">The sentence.</param>
/// <param name="TraceId">The trace, which problems call <c>trace_id</c>; null outside of one.</param>
/// <param name="RequestId">The request's <c>X-Request-Id</c>; null outside of one.</param>
/// <param name="Error">The exception: one line for something that is away, else with its stack trace; null without one.</param>
/// <param name="Repeated">Lines like this one that were left out before it.</param>
/// <param name="Values">The values in the sentence, by name, and the sentence without them as <c>{OriginalFormat}</c>.</param>
internal readonly record struct LogLine(
    DateTimeOffset At,
    LogLevel Level,
    string Category,
    string? Event,
    string Message,
    string? TraceId,
    string? RequestId,
    string? Error,
    int Repeated,
    IReadOnlyList<KeyValuePair<string, object?>> Values);
