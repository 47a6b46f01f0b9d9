namespace InstaMessenger.UiGateway.Edge;

/// <summary>Headers that make a browser refuse what no answer of ours needs.</summary>
internal static class SecurityHeaders
{
    /// <summary>For data: a browser never loads or runs anything in it, whatever a customer wrote into it.</summary>
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>The reference page brings its scripts and styles along, partly inside the page.</summary>
    private const string DocsPolicy =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' "
            + "data:; "
        + "base-uri 'none'; frame-ancestors 'none'";

    private const string OneYear = "max-age=31536000";

    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        // Set when the answer starts: an error handler clears what was set before.
        context.Response.OnStarting(static state => Add((HttpContext)state), context);
        return next(context);
    }

    private static Task Add(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.Server = default;
        // A page that knows what it needs says so itself.
        if (headers.ContentSecurityPolicy.Count == 0) headers.ContentSecurityPolicy = PolicyFor(context.Request.Path);
        if (context.Request.IsHttps) headers.StrictTransportSecurity = OneYear;
        return Task.CompletedTask;
    }

    private static string PolicyFor(PathString path) =>
        path.StartsWithSegments("/docs", StringComparison.OrdinalIgnoreCase) ? DocsPolicy : DataPolicy;
}
