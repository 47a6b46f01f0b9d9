using System.Net;
using System.Text.Json;

namespace InstaMessenger.Client.Http;

/// <summary>
/// Makes a call again where that can help and can do no harm. A call that only reads or has an idempotency key is made again when nobody
/// answered, or the product is away; any call when it was refused before anything was done with it (429).
/// </summary>
/// <param name="clock">Measures the waits.</param>
internal sealed class RetryHandler(TimeProvider clock) : DelegatingHandler
{
    public const string KeyHeader = "Idempotency-Key";

    private const int MostTries = 4;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);

    /// <summary>A longer <c>Retry-After</c> is the caller's to wait for: somebody may wait for the answer of this call.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A body that was sent once can be sent again only when it is in memory.
        if (request.Content is not null) await request.Content.LoadIntoBufferAsync(cancellationToken);
        for (var tries = 1; ; tries++)
        {
            var wait = FirstWait * Math.Pow(2, tries - 1);
            try
            {
                var answer = await base.SendAsync(request, cancellationToken);
                if (tries == MostTries || !await MayHelpAsync(request, answer, cancellationToken)) return answer;
                wait = ApiProblemException.RetryAfterOf(answer, clock) ?? wait;
                if (wait > LongestWait) return answer;
                answer.Dispose();
            }
            catch (HttpRequestException) when (tries < MostTries && IsRepeatable(request))
            {
                // Nobody is there just now.
            }

            await Task.Delay(wait, clock, cancellationToken);
        }
    }

    private static bool IsRepeatable(HttpRequestMessage request) =>
        request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Headers.Contains(KeyHeader);

    private static async Task<bool> MayHelpAsync(
        HttpRequestMessage request, HttpResponseMessage answer, CancellationToken cancellationToken) =>
        answer.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => true,
            HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => IsRepeatable(request),
            HttpStatusCode.Conflict => IsRepeatable(request) && await IsInProgressAsync(answer, cancellationToken),
            _ => false,
        };

    /// <summary>Whether an earlier try of the same call still waits for its answer, which a later one is given.</summary>
    private static async Task<bool> IsInProgressAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await answer.Content.LoadIntoBufferAsync(cancellationToken);
        var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            using var problem = JsonDocument.Parse(body);
            return problem.RootElement.ValueKind == JsonValueKind.Object
                && problem.RootElement.TryGetProperty("code", out var code) && code.ValueEquals("idempotency_in_progress");
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
