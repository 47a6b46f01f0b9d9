using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using InstaMessenger.Simulator.Records;

namespace InstaMessenger.Simulator.Meta.Webhooks;

/// <summary>Posts signed webhooks as Meta does, and again later those that were not answered 200.</summary>
public sealed class WebhookPoster : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly Background _background;
    private readonly bool _keepBodies;

    /// <summary>
    /// Connections have a limit, as a real sender's: a product that is slow for a while would else be given one for every post, until one
    /// of both processes has no file descriptor left. One that lay idle for a second is not used again: a process that is told to stop asks
    /// for new connections for two seconds, and then closes the door. A post that goes out in that moment is cut off, which HTTP/1.1 has
    /// no cure for.
    /// </summary>
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, MaxConnectionsPerServer = 256, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1),
    })
    {
        Timeout = TimeSpan.FromSeconds(20),
    };
    private int _undelivered;
    private int _dropped;

    internal WebhookPoster(SimulatorOptions options, Background background)
    {
        _clock = options.Clock;
        _background = background;
        _keepBodies = options.KeepBodies;
        CallbackUrl = options.CallbackUrl;
        AppSecret = options.AppSecret;
        RedeliverySchedule = options.RedeliverySchedule;
        Attempts = new(options.RecordLimit);
    }

    /// <summary>Where webhooks go; null makes every delivery fail, as a product that is down does.</summary>
    public Uri? CallbackUrl { get; set; }

    /// <summary>Signs the bodies.</summary>
    public string AppSecret { get; set; }

    /// <summary>Waits before the second, third … attempt; after the last the webhook is dropped. Empty: one attempt only.</summary>
    public IReadOnlyList<TimeSpan> RedeliverySchedule { get; set; }

    /// <summary>Every POST.</summary>
    public RecordLog<WebhookAttempt> Attempts { get; }

    /// <summary>Webhooks that wait for their next attempt.</summary>
    public int Undelivered => Volatile.Read(ref _undelivered);

    /// <summary>Webhooks given up after the whole schedule.</summary>
    public int Dropped => Volatile.Read(ref _dropped);

    internal Action<WebhookAttempt>? OnAttempt { get; set; }

    /// <summary>Posts one body; returns after the first attempt, later ones run in the background.</summary>
    public Task<WebhookAttempt> DeliverAsync(JsonNode body) => DeliverAsync(MetaPayloads.Bytes(body));

    /// <summary>Posts items of one account in the given pattern; returns the first attempt of each body.</summary>
    public async Task<IReadOnlyList<WebhookAttempt>> DeliverAsync(string account, IEnumerable<JsonObject> items, DeliveryPattern pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        byte[][] bodies = [.. pattern.Cut(items)
            .Select(post => MetaPayloads.Bytes(MetaPayloads.Envelope(account, _clock.GetUtcNow(), post)))];
        var attempts = new WebhookAttempt[bodies.Length];
        await Parallel.ForAsync(0, bodies.Length, new ParallelOptions { MaxDegreeOfParallelism = pattern.Parallel },
            async (i, _) => attempts[i] = await DeliverAsync(bodies[i]));
        return attempts;
    }

    /// <summary>Posts to a callback of the app: its owner has removed it (<c>deauthorize</c>), or wants to be forgotten.</summary>
    /// <param name="callback"><c>deauthorize</c> or <c>data-deletion</c>.</param>
    /// <param name="userId">The owner, by the id that they have for the app.</param>
    /// <returns>What the product answered.</returns>
    public async Task<(int Status, string Body)> CallBackAsync(string callback, string userId)
    {
        var address = new Uri($"{CallbackUrl ?? throw new InvalidOperationException("There is no callback URL.")}/{callback}");
        using var form = new FormUrlEncodedContent(
            [KeyValuePair.Create("signed_request", MetaSignature.Request(AppSecret, userId, _clock.GetUtcNow()))]);
        using var answer = await _http.PostAsync(address, form, _background.Stopping);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(_background.Stopping));
    }

    /// <summary>Posts exact bytes.</summary>
    /// <param name="body">Sent as they are.</param>
    /// <param name="signature">Replaces <c>X-Hub-Signature-256</c>; empty leaves it out; null signs correctly.</param>
    public async Task<WebhookAttempt> DeliverAsync(byte[] body, string? signature = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var id = Guid.CreateVersion7(_clock.GetUtcNow()).ToString("N");
        var first = await PostAsync(id, 1, body, signature, _background.Stopping);
        if (!first.Delivered && RedeliverySchedule.Count > 0)
        {
            Interlocked.Increment(ref _undelivered);
            _background.Run(stopping => RedeliverAsync(id, body, signature, stopping));
        }
        return first;
    }

    private async Task RedeliverAsync(string id, byte[] body, string? signature, CancellationToken stopping)
    {
        try
        {
            var attempt = 1;
            foreach (var wait in RedeliverySchedule)
            {
                await Task.Delay(wait, _clock, stopping);
                if ((await PostAsync(id, ++attempt, body, signature, stopping)).Delivered) return;
            }
            Interlocked.Increment(ref _dropped);
        }
        finally
        {
            Interlocked.Decrement(ref _undelivered);
        }
    }

    private async Task<WebhookAttempt> PostAsync(string id, int number, byte[] body, string? signature, CancellationToken stopping)
    {
        var at = _clock.GetUtcNow();
        var started = _clock.GetTimestamp();
        int? status = null;
        string? error = null;
        try
        {
            using var request = Request(body, signature);
            using var answer = await _http.SendAsync(request, stopping);
            status = (int)answer.StatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or InvalidOperationException)
        {
            error = failure.Message;
        }
        var attempt = new WebhookAttempt(id, number, at, status, error, _clock.GetElapsedTime(started).TotalMilliseconds,
            body.Length, _keepBodies ? Encoding.UTF8.GetString(body) : null);
        Attempts.Add(attempt);
        OnAttempt?.Invoke(attempt);
        return attempt;
    }

    private HttpRequestMessage Request(byte[] body, string? signature)
    {
        var url = CallbackUrl ?? throw new InvalidOperationException("No callback URL is set.");
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "facebookexternalua");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "deflate, gzip");
        request.Headers.TryAddWithoutValidation("Facebook-API-Version", "v26.0");
        request.Headers.TryAddWithoutValidation("X-Hub-Signature", MetaSignature.Sha1(AppSecret, body));
        if (signature != "")
            request.Headers.TryAddWithoutValidation("X-Hub-Signature-256", signature ?? MetaSignature.Sha256(AppSecret, body));
        return request;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
