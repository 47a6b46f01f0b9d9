using System.Diagnostics.Metrics;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Telemetry;
using InstaMessenger.Ingress.Journaling;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Ingress.Webhooks;

/// <summary>
/// Takes a webhook: 200 once it is durably in the journal, and the broker is not asked. Anything but 200 makes Meta post it again, over 36
/// hours at least, so a wrong secret or a full disk loses nothing that is mended in that time.
/// </summary>
internal sealed partial class ReceiveWebhook(
    WebhookSignature signature, Journal journal, TimeProvider clock, ILogger<ReceiveWebhook> logger)
{
    private static readonly Counter<long> Webhooks = Metrics.Meter.CreateCounter<long>(
        "ingress.webhooks", "{webhook}", "Webhooks, by what became of them.");
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMinutes(1);

    private long _refused;
    private long _reportedAt;

    public static void Map(WebApplication app) =>
        app.MapPost(WebhookRules.Path, app.Services.GetRequiredService<ReceiveWebhook>().HandleAsync).AllowAnonymous();

    public async Task HandleAsync(HttpContext context)
    {
        var problem = await ReceiveAsync(context);
        Webhooks.Add(1, new KeyValuePair<string, object?>("outcome", problem?.ProblemDetails.Extensions["code"] ?? "kept"));
        if (problem is not null) await problem.ExecuteAsync(context);
    }

    private async ValueTask<ProblemHttpResult?> ReceiveAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.ContentLength > WebhookRules.MostBytes) return TooLarge();
        if (!WebhookRules.IsJson(request.ContentType))
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type");
        if (await WebhookRules.ReadAsync(request.BodyReader, context.RequestAborted) is not { } body) return TooLarge();
        if (!signature.IsValid(request.Headers[WebhookSignature.Header], body)) return Unsigned();
        if (!WebhookRules.IsObject(body)) return Problems.Of(StatusCodes.Status400BadRequest, "not_a_json_object");
        if (await journal.TryAppendAsync(body)) return null;

        context.Response.Headers.RetryAfter = "5";
        return Problems.Of(StatusCodes.Status503ServiceUnavailable, "journal_unavailable");
    }

    private static ProblemHttpResult TooLarge() => Problems.Of(StatusCodes.Status413PayloadTooLarge, "payload_too_large");

    /// <summary>
    /// Refuses without saying what was expected. The operator is told at most once a minute, because strangers can knock as often as they
    /// like.
    /// </summary>
    private ProblemHttpResult Unsigned()
    {
        Interlocked.Increment(ref _refused);
        var reportedAt = Interlocked.Read(ref _reportedAt);
        var now = clock.GetTimestamp();
        var due = reportedAt == 0 || clock.GetElapsedTime(reportedAt, now) >= ReportEvery;
        if (due && Interlocked.CompareExchange(ref _reportedAt, now, reportedAt) == reportedAt)
            LogRefused(logger, Interlocked.Exchange(ref _refused, 0));

        return Problems.Of(StatusCodes.Status401Unauthorized, "unauthorized");
    }

    [LoggerMessage(
        EventName = "webhook.refused",
        Level = LogLevel.Warning,
        Message = "{Count} webhooks without a right signature since the last report; if they are Meta's, an Instagram:Apps:n:AppSecret is "
            + "missing or wrong")]
    private static partial void LogRefused(ILogger logger, long count);
}
