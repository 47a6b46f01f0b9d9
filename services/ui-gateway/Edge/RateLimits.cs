using System.Globalization;
using System.Threading.RateLimiting;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Settings;

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
    }

    /// <summary>
    /// Passes a request on while its client has some left. ASP.NET's middleware would do so too, and beside it keeps a limiter of single
    /// endpoints, which nobody here needs and nobody can end: its timer goes off ten times a second, and holds the whole host as long as
    /// the process lives.
    /// </summary>
    public static async Task LimitAsync(HttpContext context, RequestDelegate next)
    {
        using var lease = context.RequestServices.GetRequiredService<Allowances>().All.AttemptAcquire(context);
        if (lease.IsAcquired) await next(context);
        else await RefuseAsync(context, lease);
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
