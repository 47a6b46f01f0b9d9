namespace InstaMessenger.Store.Access;

/// <summary>How the session cookie is set: unreadable for scripts, and never sent along by a foreign site's link or form.</summary>
internal static class SessionCookie
{
    public static CookieOptions Options(HttpRequest request, DateTimeOffset expires) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Path = "/",
        // On plain http (a laptop, a test) a Secure cookie would never come back. Claiming https by the header only tightens one's own
        // cookie.
        Secure = request.IsHttps || string.Equals(request.Headers["X-Forwarded-Proto"], "https", StringComparison.OrdinalIgnoreCase),
        Expires = expires,
    };
}
