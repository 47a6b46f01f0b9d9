using System.Threading.RateLimiting;
using InstaMessenger.Hosting.Http;
using Microsoft.Extensions.Options;

namespace InstaMessenger.UiGateway.Edge;

/// <summary>What a client may ask: a bucket that is refilled at a steady rate.</summary>
/// <param name="Client">Whose bucket it is.</param>
/// <param name="Burst">How many requests it holds.</param>
/// <param name="Refill">How many come back in each <paramref name="Every"/>.</param>
/// <param name="Every">The period.</param>
internal sealed record Allowance(string Client, int Burst, int Refill, TimeSpan Every)
{
    /// <summary>Seconds until a bucket that holds so many is full.</summary>
    public long FullIn(long left) => (long)Math.Ceiling(Math.Ceiling((double)(Burst - left) / Refill) * Every.TotalSeconds);
}

/// <summary>The buckets of this gateway's clients, and which of them a request counts for.</summary>
internal sealed class Allowances : IDisposable
{
    private readonly RateLimitOptions _limits;
    private readonly ProvenCredentials _proven;

    public Allowances(IOptions<RateLimitOptions> limits, ProvenCredentials proven)
    {
        (_limits, _proven) = (limits.Value, proven);
        Requests = Limiter(OfRequest);
        SignIns = Limiter(OfSignIn);
        All = PartitionedRateLimiter.CreateChained(SignIns, Requests);
    }

    /// <summary>Counts every request that is limited.</summary>
    public PartitionedRateLimiter<HttpContext> Requests { get; }

    /// <summary>Counts sign-ins.</summary>
    public PartitionedRateLimiter<HttpContext> SignIns { get; }

    /// <summary>Both: a request passes when neither refuses it.</summary>
    public PartitionedRateLimiter<HttpContext> All { get; }

    /// <summary>The bucket of a request; null when it has no limit.</summary>
    public Allowance? OfRequest(HttpContext context)
    {
        if (IsUnlimited(context.Request)) return null;
        return !IsWebhook(context.Request) && Client.CredentialHash(context) is { } credential && _proven.Contains(credential)
            ? Bucket(credential, _limits.PerKeyBurst, _limits.PerKeyPerSecond, TimeSpan.FromSeconds(1))
            : Bucket(
                ClientAddress.Of(context), _limits.PerAddressBurst, _limits.PerAddressPerSecond, TimeSpan.FromSeconds(1));
    }

    /// <summary>The bucket of a sign-in; null for any other request.</summary>
    public Allowance? OfSignIn(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) && RateLimits.IsSession(context.Request)
            ? Bucket(
                ClientAddress.Of(context),
                _limits.SignInsPerAddressPerMinute,
                _limits.SignInsPerAddressPerMinute,
                TimeSpan.FromMinutes(1))
            : null;

    public void Dispose()
    {
        All.Dispose();
        Requests.Dispose();
        SignIns.Dispose();
    }

    private static PartitionedRateLimiter<HttpContext> Limiter(Func<HttpContext, Allowance?> allowanceOf) =>
        PartitionedRateLimiter.Create<HttpContext, string>(context => allowanceOf(context) is { } allowance
            ? RateLimitPartition.GetTokenBucketLimiter(allowance.Client, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = allowance.Burst,
                TokensPerPeriod = allowance.Refill,
                ReplenishmentPeriod = allowance.Every,
                QueueLimit = 0,
            })
            : RateLimitPartition.GetNoLimiter("unlimited"));

    /// <summary>
    /// Whether the request has no limit. Webhooks come in bursts from few addresses and prove themselves by their signature; if we slowed
    /// Meta down it would switch us off. Their handshake is limited, because it has only a word to guess. Probes have no limit, so that
    /// they do not fail because somebody else behind their address is busy. The inbox's files have none: a page asks for many at once,
    /// before anybody can have signed in, and they cost no work.
    /// </summary>
    private static bool IsUnlimited(HttpRequest request) =>
        (HttpMethods.IsPost(request.Method) && request.Path.StartsWithSegments("/webhooks/instagram", StringComparison.OrdinalIgnoreCase))
        || request.Path.StartsWithSegments("/media/outbound", StringComparison.OrdinalIgnoreCase)
        || request.Path.StartsWithSegments("/assets", StringComparison.OrdinalIgnoreCase)
        || request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is a webhook. It carries no credential of ours, so none lifts the limit of its address.</summary>
    private static bool IsWebhook(HttpRequest request) => request.Path.StartsWithSegments("/webhooks", StringComparison.OrdinalIgnoreCase);

    private Allowance Bucket(string client, int burst, int refill, TimeSpan every) => new(client, Part(burst), Part(refill), every);

    private int Part(int whole) => ((whole - 1) / _limits.Gateways) + 1;
}
