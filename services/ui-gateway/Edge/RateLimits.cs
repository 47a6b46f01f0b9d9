using System.Globalization;
using System.Threading.RateLimiting;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Settings;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace InstaMessenger.UiGateway.Edge;

/// <summary>Rate limits per credential, and per address for clients without one that has proven right.</summary>
internal static class RateLimits
{
    public static void AddRateLimits(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSection<RateLimitOptions>("RateLimits");
        services.AddSingleton<ProvenCredentials>();
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<RateLimitOptions>, ProvenCredentials>((limiter, limits, proven) =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(SignIns(limits.Value), Requests(limits.Value, proven));
            limiter.OnRejected = (rejected, _) => new ValueTask(RefuseAsync(rejected.HttpContext, rejected.Lease));
        });
    }

    /// <summary>Whether the request signs in or out, which needs no caller.</summary>
    public static bool IsSession(HttpRequest request) => request.Path.StartsWithSegments("/ui/session", StringComparison.OrdinalIgnoreCase);

    /// <summary>Answers 429 with the seconds to wait.</summary>
    private static Task RefuseAsync(HttpContext context, RateLimitLease lease)
    {
        if (EventStreamRetry.Asks(context.Request)) return EventStreamRetry.AnswerAsync(context);
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, Math.Ceiling(after.TotalSeconds)) : 1;
        context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        return Problems.Of(StatusCodes.Status429TooManyRequests, "rate_limited", "Too many requests. Try again after Retry-After seconds.")
            .ExecuteAsync(context);
    }

    private static PartitionedRateLimiter<HttpContext> Requests(RateLimitOptions limits, ProvenCredentials proven) =>
        PartitionedRateLimiter.Create<HttpContext, string>(context =>
        {
            if (IsUnlimited(context.Request)) return RateLimitPartition.GetNoLimiter("unlimited");
            return !IsWebhook(context.Request) && Client.CredentialHash(context) is { } credential && proven.Contains(credential)
                ? Bucket(credential, limits.PerKeyBurst, limits.PerKeyPerSecond, TimeSpan.FromSeconds(1), limits.Gateways)
                : Bucket(
                    ClientAddress.Of(context),
                    limits.PerAddressBurst,
                    limits.PerAddressPerSecond,
                    TimeSpan.FromSeconds(1),
                    limits.Gateways);
        });

    private static PartitionedRateLimiter<HttpContext> SignIns(RateLimitOptions limits) =>
        PartitionedRateLimiter.Create<HttpContext, string>(context =>
        HttpMethods.IsPost(context.Request.Method) && IsSession(context.Request)
            ? Bucket(
                ClientAddress.Of(context),
                limits.SignInsPerAddressPerMinute,
                limits.SignInsPerAddressPerMinute,
                TimeSpan.FromMinutes(1),
                limits.Gateways)
            : RateLimitPartition.GetNoLimiter("no sign-in"));

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

    private static RateLimitPartition<string> Bucket(string key, int burst, int refill, TimeSpan every, int parts) =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Part(burst, parts),
            TokensPerPeriod = Part(refill, parts),
            ReplenishmentPeriod = every,
            QueueLimit = 0,
        });

    private static int Part(int whole, int parts) => ((whole - 1) / parts) + 1;
}
