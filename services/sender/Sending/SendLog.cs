using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Sender.Sending;

/// <summary>One wide line for each outcome; ids only, never what was written or to whom it was said.</summary>
internal static partial class SendLog
{
    public static void Outcome(this ILogger logger, ClaimedSend send, GraphAnswer answer, SendError? error, TimeSpan duration)
    {
        var (id, account, attempt, ms) = (send.MessageId, send.AccountId, send.Attempt, (long)duration.TotalMilliseconds);
        var meta = answer.Error is { } e ? $"{e.Code}/{e.Subcode}" : null;
        var trace = answer.Error?.FbTraceId;
        switch (answer.Verdict)
        {
            case Verdict.Sent sent: Sent(logger, id, account, attempt, ms, sent.Id); break;
            case Verdict.Rejected { InDoubt: true } or Verdict.Later { InDoubt: true }: Doubted(
                logger, id, account, attempt, ms, answer.Status, meta, trace); break;
            case Verdict.Rejected: Rejected(logger, id, account, attempt, ms, error!.Code, answer.Status, meta, trace); break;
            case Verdict.Later: Delayed(logger, id, account, attempt, ms, error!.Code, error.RetryAt, answer.Status, meta, trace); break;
            default: Unknown(logger, id, account, attempt, ms, error!.Code, answer.Status, meta, trace); break;
        }
    }

    [LoggerMessage(
        EventName = "message.sent",
        Level = LogLevel.Information,
        Message = "{MessageId} of {AccountId} sent, attempt {Attempt}, {DurationMs} ms: {InstagramMessageId}")]
    private static partial void Sent(
        ILogger logger, MessageId messageId, AccountId accountId, int attempt, long durationMs, InstagramMessageId? instagramMessageId);

    [LoggerMessage(
        EventName = "message.doubted",
        Level = LogLevel.Warning,
        Message = "{MessageId} of {AccountId} refused in a way that is not known, attempt {Attempt}, {DurationMs} ms: waits for an echo "
            + "(HTTP {Status}, Meta {MetaCode}, fbtrace_id {FbTraceId})")]
    private static partial void Doubted(
        ILogger logger,
        MessageId messageId,
        AccountId accountId,
        int attempt,
        long durationMs,
        int? status,
        string? metaCode,
        string? fbTraceId);

    [LoggerMessage(
        EventName = "message.rejected",
        Level = LogLevel.Warning,
        Message = "{MessageId} of {AccountId} rejected, attempt {Attempt}, {DurationMs} ms: {Code} (HTTP {Status}, Meta {MetaCode}, "
            + "fbtrace_id {FbTraceId})")]
    private static partial void Rejected(
        ILogger logger,
        MessageId messageId,
        AccountId accountId,
        int attempt,
        long durationMs,
        string code,
        int? status,
        string? metaCode,
        string? fbTraceId);

    [LoggerMessage(
        EventName = "message.delayed",
        Level = LogLevel.Information,
        Message = "{MessageId} of {AccountId} put off, attempt {Attempt}, {DurationMs} ms: {Code}, again at {RetryAt:O} (HTTP {Status}, "
            + "Meta {MetaCode}, fbtrace_id {FbTraceId})")]
    private static partial void Delayed(
        ILogger logger,
        MessageId messageId,
        AccountId accountId,
        int attempt,
        long durationMs,
        string code,
        DateTimeOffset? retryAt,
        int? status,
        string? metaCode,
        string? fbTraceId);

    [LoggerMessage(
        EventName = "message.unknown",
        Level = LogLevel.Warning,
        Message = "{MessageId} of {AccountId} may have been sent, attempt {Attempt}, {DurationMs} ms: {Code} (HTTP {Status}, Meta "
            + "{MetaCode}, fbtrace_id {FbTraceId})")]
    private static partial void Unknown(
        ILogger logger,
        MessageId messageId,
        AccountId accountId,
        int attempt,
        long durationMs,
        string code,
        int? status,
        string? metaCode,
        string? fbTraceId);

    [LoggerMessage(
        EventName = "message.not_recorded",
        Level = LogLevel.Error,
        Message = "The outcome of {MessageId}, attempt {Attempt}, cannot be written; trying again until it can")]
    public static partial void NotRecorded(this ILogger logger, Exception error, MessageId messageId, int attempt);

    [LoggerMessage(
        EventName = "message.claim_lost",
        Level = LogLevel.Warning,
        Message = "{MessageId}, attempt {Attempt}, is not this process's any more: no call was made")]
    public static partial void ClaimLost(this ILogger logger, MessageId messageId, int attempt);

    [LoggerMessage(
        EventName = "message.not_marked",
        Level = LogLevel.Error,
        Message = "The call of {MessageId}, attempt {Attempt}, cannot be announced; trying again until it can")]
    public static partial void NotMarked(this ILogger logger, Exception error, MessageId messageId, int attempt);

    [LoggerMessage(
        EventName = "sender.attempt_failed",
        Level = LogLevel.Error,
        Message = "{MessageId}, attempt {Attempt}, ended without a record; it becomes unknown")]
    public static partial void AttemptFailed(this ILogger logger, Exception error, MessageId messageId, int attempt);
}
