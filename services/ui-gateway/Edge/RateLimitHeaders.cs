using System.Globalization;

namespace InstaMessenger.UiGateway.Edge;

/// <summary>
/// Tells clients how much they may still ask, where there is a limit: <c>RateLimit-Limit</c>, <c>RateLimit-Remaining</c> and
/// <c>RateLimit-Reset</c>, the seconds until the whole limit is there again.
/// </summary>
internal sealed class RateLimitHeaders(Allowances allowances)
{
    public Task AddAsync(HttpContext context, RequestDelegate next)
    {
        // When the answer starts: by then the request is counted, and an error handler clears what was set before.
        context.Response.OnStarting(Add, (this, context));
        return next(context);
    }

    private static Task Add(object state)
    {
        var (limits, context) = ((RateLimitHeaders, HttpContext))state;
        var headers = context.Response.Headers;
        if (limits.TightestOf(context) is not var (allowance, left)) return Task.CompletedTask;
        headers["RateLimit-Limit"] = Text(allowance.Burst);
        headers["RateLimit-Remaining"] = Text(left);
        headers["RateLimit-Reset"] = Text(allowance.FullIn(left));
        return Task.CompletedTask;
    }

    /// <summary>Of a sign-in the limit of which less is left counts.</summary>
    private (Allowance Allowance, long Left)? TightestOf(HttpContext context)
    {
        (Allowance, long)? tightest = null;
        if (allowances.OfRequest(context) is { } request && allowances.Requests.GetStatistics(context) is { } asked)
            tightest = (request, asked.CurrentAvailablePermits);
        if (allowances.OfSignIn(context) is { } signIn && allowances.SignIns.GetStatistics(context) is { } signedIn
            && (tightest is null || signedIn.CurrentAvailablePermits < tightest.Value.Item2))
            tightest = (signIn, signedIn.CurrentAvailablePermits);
        return tightest;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
