using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Database;

internal static partial class UnitOfWorkLog
{
    [LoggerMessage(
        EventName = "unit_of_work.hook_failed",
        Level = LogLevel.Error,
        Message = "A hook after a commit of {Database} failed; the data is safe")]
    public static partial void HookFailed(this ILogger logger, Exception error, string database);

    [LoggerMessage(
        EventName = "unit_of_work.conflict",
        Level = LogLevel.Debug,
        Message = "A unit of work of {Database} met another, attempt {Attempt}")]
    public static partial void Conflict(this ILogger logger, Exception error, string database, int attempt);

    [LoggerMessage(
        EventName = "unit_of_work.held_after_all", Level = LogLevel.Information,
        Message = "A commit of {Database} was not answered, and had held")]
    public static partial void HeldAfterAll(this ILogger logger, Exception error, string database);
}
