using System.Globalization;
using System.Threading.RateLimiting;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Settings;
using Microsoft.AspNetCore.RateLimiting;

namespace InstaMessenger.UiGateway.Edge;

/// <summary>Rate limits per credential, and per address for clients without one that has proven right.</summary>
internal static class RateLimits
{
    public static void AddRateLimits(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSection<RateLimitOptions>("RateLimits");
        services.AddSingleton<ProvenCredentials>();
        services.AddSingleton<RateLimitHeaders>();
        services.AddSingleton<Allowances>();
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<Allowances>((limiter, allowances) =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(allowances.SignIns, allowances.Requests);
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
}
