using InstaMessenger.CrmForwarder.Data;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>Log lines for what became of attempts. An endpoint that fails again and again gets only some a minute.</summary>
internal static partial class DeliveryLog
{
    public static void Concluded(this ILogger logger, Conclusion conclusion, EndpointNews news)
    {
        var (result, state, due) = conclusion;
        var (
            eventId,
            endpoint,
            milliseconds) = (result.Delivery.EventId.Value, result.Target.EndpointId, (long)result.Duration.TotalMilliseconds);
        if (state == DeliveryState.Delivered)
        {
            if (news.Took(endpoint) is { } before) Back(logger, endpoint, (int)before.Time.TotalSeconds, before.Failures);
            Delivered(logger, eventId, endpoint, conclusion.Number, result.Status, milliseconds);
        }
        else if (state == DeliveryState.Dead) Dead(logger, eventId, endpoint, conclusion.Number, result.Status, result.Error, milliseconds);
        else if (result.Verdict == Verdict.Gone) Gone(logger, eventId, endpoint, conclusion.Number, milliseconds);
        else if (news.Failed(endpoint, out var leftOut)) Failed(
            logger, eventId, endpoint, conclusion.Number, result.Status, result.Error, milliseconds, due, leftOut);
    }

    [LoggerMessage(
        EventName = "delivery.not_recorded", Level = LogLevel.Warning, Message = "{Count} results could not be recorded; trying again")]
    public static partial void NotRecorded(this ILogger logger, Exception error, int count);

    [LoggerMessage(
        EventName = "delivery.set_aside",
        Level = LogLevel.Error,
        Message = "{EventId}: what became of its post to {EndpointId} (status {Status}, {Error}) can never be recorded; it is not posted "
            + "again by itself")]
    public static partial void SetAside(
        this ILogger logger, Exception cause, string eventId, string endpointId, int? status, string? error);

    [LoggerMessage(
        EventName = "delivery.not_ours",
        Level = LogLevel.Information,
        Message = "{EventId}: {EndpointId} was taken over by another process, which posts it again and records what becomes of it")]
    public static partial void NotOurs(this ILogger logger, string eventId, string endpointId);

    // At Debug, because there is one per event; the delivery log has them all.
    [LoggerMessage(
        EventName = "delivery.delivered",
        Level = LogLevel.Debug,
        Message = "{EventId} delivered to {EndpointId}, attempt {Attempt}, status {Status}, {Milliseconds} ms")]
    private static partial void Delivered(ILogger logger, string eventId, string endpointId, int attempt, int? status, long milliseconds);

    [LoggerMessage(
        EventName = "delivery.failed",
        Level = LogLevel.Warning,
        Message = "{EventId} not delivered to {EndpointId}, attempt {Attempt}, status {Status}, {Error}, {Milliseconds} ms; again at "
            + "{Due:O} ({LeftOut} failures there were not told since the last one)")]
    private static partial void Failed(
        ILogger logger,
        string eventId,
        string endpointId,
        int attempt,
        int? status,
        string? error,
        long milliseconds,
        DateTimeOffset due,
        int leftOut);

    [LoggerMessage(
        EventName = "endpoint.back",
        Level = LogLevel.Information,
        Message = "{EndpointId} takes deliveries again after {Seconds} s and {Failures} failures")]
    private static partial void Back(ILogger logger, string endpointId, int seconds, int failures);

    [LoggerMessage(
        EventName = "delivery.dead",
        Level = LogLevel.Error,
        Message = "{EventId} given up for {EndpointId}, attempt {Attempt}, status {Status}, {Error}, {Milliseconds} ms; POST "
            + "/api/v1/deliveries/<id>/redeliver sends it again")]
    private static partial void Dead(
        ILogger logger, string eventId, string endpointId, int attempt, int? status, string? error, long milliseconds);

    [LoggerMessage(
        EventName = "endpoint.disabled",
        Level = LogLevel.Warning,
        Message = "{EventId}: {EndpointId} answered 410 Gone, attempt {Attempt}, {Milliseconds} ms; its deliveries are kept until its URL "
            + "is changed")]
    private static partial void Gone(ILogger logger, string eventId, string endpointId, int attempt, long milliseconds);
}
