using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Hosting.Telemetry;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>Posts a delivery, once, and judges the answer. Every attempt has its own timestamp and signatures.</summary>
internal sealed class DeliveryClient(OutboundGuard guard, TimeProvider clock) : IDisposable
{
    /// <summary>How long a CRM has to answer (api.md), from the first byte of the connection to the last of the headers.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _http = new(guard.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Makes one attempt.</summary>
    /// <param name="target">Where it is posted to.</param>
    /// <param name="cancellationToken">Cuts the attempt off; it may have reached the CRM.</param>
    /// <returns>The result.</returns>
    /// <exception cref="OperationCanceledException">It was cut off.</exception>
    public async Task<AttemptResult> PostAsync(DeliveryTarget target, DueDelivery delivery, CancellationToken cancellationToken)
    {
        using var activity = ActivityNames.Source.StartActivity("deliver", ActivityKind.Internal, delivery.TraceParent);
        activity?.SetTag("webhook.endpoint", target.EndpointId).SetTag("webhook.id", delivery.EventId.Value);
        var (at, began) = (clock.GetUtcNow(), clock.GetTimestamp());
        var answer = await TryPostAsync(target, delivery, at, began, cancellationToken);
        if (answer.Error is { } error) activity?.SetStatus(ActivityStatusCode.Error, error);
        return new AttemptResult(
            delivery,
            target,
            answer.Verdict,
            answer.Status,
            answer.Error,
            answer.RetryAfter,
            at,
            answer.After ?? clock.GetElapsedTime(began))
        {
            Answer = answer.Text,
        };
    }

    public void Dispose() => _http.Dispose();

    private async Task<Answer> TryPostAsync(
        DeliveryTarget target, DueDelivery delivery, DateTimeOffset at, long began, CancellationToken cancellationToken)
    {
        if (target.Secrets is null) return new Answer(Verdict.Failed, Error: "secret_unreadable");
        if (!Uri.TryCreate(target.Url, UriKind.Absolute, out var url)) return new Answer(Verdict.Refused, Error: "address_refused");
        using var patience = new CancellationTokenSource(Patience, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            if (!target.Secrets.Headers.All(header => OwnerHeader.IsSendable(header.Key, header.Value)))
                return new Answer(Verdict.Failed, Error: "headers_invalid");
            using var request = RequestOf(url, target.Secrets, delivery, at);
            // The headers are the answer. Of the body the beginning is kept for people; it changes nothing any more.
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token);
            var after = clock.GetElapsedTime(began);
            return Judge(response) with { After = after, Text = await AnswerText.OfAsync(response, end.Token) };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Answer(Verdict.TimedOut, Error: "timeout");
        }
        catch (Exception error) when (OutboundRefusedException.Caused(error))
        {
            return new Answer(Verdict.Refused, Error: "address_refused");
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // Any other error is a failure too; the schedule bounds how often it happens.
            return new Answer(Verdict.Failed, Error: CodeOf(error));
        }
    }

    private static string CodeOf(Exception error)
    {
        var code = error is HttpRequestException http ? http.HttpRequestError.ToString() : error.GetType().Name;
        return code == nameof(HttpRequestError.Unknown) ? "connection_lost" : JsonNamingPolicy.SnakeCaseLower.ConvertName(code);
    }

    private static HttpRequestMessage RequestOf(Uri url, PostSecrets secrets, DueDelivery delivery, DateTimeOffset at)
    {
        var timestamp = at.ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(delivery.Body) };
        request.Content.Headers.ContentType = Json;
        request.Headers.TryAddWithoutValidation("User-Agent", "InstaMessenger");
        request.Headers.TryAddWithoutValidation("webhook-id", delivery.EventId.Value);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp.ToString());
        // Without a collector nobody listens to activities, so HttpClient has none to name; the CRM can still tell which webhook this came
        // from.
        if (Activity.Current is null && delivery.TraceParent is { } trace) request.Headers.TryAddWithoutValidation("traceparent", trace);
        foreach (var (name, value) in secrets.Headers) request.Headers.TryAddWithoutValidation(name, value);
        var keys = secrets.KeysAt(at);
        if (keys.Count == 0) return request;
        request.Headers.TryAddWithoutValidation(
            "webhook-signature", WebhookSigner.Standard(keys, delivery.EventId.Value, timestamp, delivery.Body));
        request.Headers.TryAddWithoutValidation("X-Hub-Signature-256", WebhookSigner.Hub(keys[0], delivery.Body));
        return request;
    }

    private Answer Judge(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode) return new Answer(Verdict.Delivered, status);
        if (response.StatusCode == HttpStatusCode.Gone) return new Answer(Verdict.Gone, status, "gone");
        return new Answer(Verdict.Failed, status, "http_status", RetryAfterOf(response));
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter;
        return asked?.Delta ?? (asked?.Date - clock.GetUtcNow());
    }

    /// <param name="Verdict">What follows.</param>
    /// <param name="Error">A code, when it failed.</param>
    /// <param name="RetryAfter">What the CRM asked for.</param>
    /// <param name="After">Until the headers came.</param>
    /// <param name="Text">The beginning of the body.</param>
    private readonly record struct Answer(
        Verdict Verdict,
        int? Status = null,
        string? Error = null,
        TimeSpan? RetryAfter = null,
        TimeSpan? After = null,
        string? Text = null);
}
