using System.Globalization;
using System.Threading.RateLimiting;
using InstaMessenger.Hosting.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace InstaMessenger.UiGateway.Edge;

/// <summary>Rate limits per credential, and per address for who has none.</summary>
internal static class RateLimits
{
    public static void AddRateLimits(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<RateLimitOptions>().BindConfiguration("RateLimits").ValidateDataAnnotations().ValidateOnStart();
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<RateLimitOptions>>((limiter, limits) =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(SignIns(limits.Value), Requests(limits.Value));
            limiter.OnRejected = (rejected, _) => new ValueTask(RefuseAsync(rejected.HttpContext, rejected.Lease));
        });
    }

    /// <summary>The bucket of an address, refilled each second.</summary>
    public static RateLimitPartition<string> OfAddress(string address, RateLimitOptions limits) =>
        Bucket(address, limits.PerAddressBurst, limits.PerAddressPerSecond, TimeSpan.FromSeconds(1));

    /// <summary>429 with the seconds to wait.</summary>
    public static Task RefuseAsync(HttpContext context, RateLimitLease lease)
    {
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, Math.Ceiling(after.TotalSeconds)) : 1;
        context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        return Problems.Of(StatusCodes.Status429TooManyRequests, "rate_limited", "Too many requests. Try again after Retry-After seconds.").ExecuteAsync(context);
    }

    private static PartitionedRateLimiter<HttpContext> Requests(RateLimitOptions limits) => PartitionedRateLimiter.Create<HttpContext, string>(context =>
    {
        if (IsUnlimited(context.Request)) return RateLimitPartition.GetNoLimiter("unlimited");
        return Client.CredentialHash(context) is { } credential
            ? Bucket(credential, limits.PerKeyBurst, limits.PerKeyPerSecond, TimeSpan.FromSeconds(1))
            : OfAddress(ClientAddress.Of(context), limits);
    });

    private static PartitionedRateLimiter<HttpContext> SignIns(RateLimitOptions limits) => PartitionedRateLimiter.Create<HttpContext, string>(context =>
        HttpMethods.IsPost(context.Request.Method) && context.Request.Path.StartsWithSegments("/ui/session", StringComparison.OrdinalIgnoreCase)
            ? Bucket(ClientAddress.Of(context), limits.SignInsPerAddressPerMinute, limits.SignInsPerAddressPerMinute, TimeSpan.FromMinutes(1))
            : RateLimitPartition.GetNoLimiter("no sign-in"));

    /// <summary>
    /// Webhooks come in bursts from few addresses and prove themselves by their signature; slowing Meta down would have it switch us off. The handshake
    /// has only a word to guess, so it is limited. Probes must not fail because somebody else behind their address is busy.
    /// </summary>
    private static bool IsUnlimited(HttpRequest request) =>
        (HttpMethods.IsPost(request.Method) && request.Path.StartsWithSegments("/webhooks/instagram", StringComparison.OrdinalIgnoreCase))
        || request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase);

    private static RateLimitPartition<string> Bucket(string key, int burst, int refill, TimeSpan every) =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = refill,
            ReplenishmentPeriod = every,
            QueueLimit = 0,
        });
}
