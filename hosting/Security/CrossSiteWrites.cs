using InstaMessenger.Hosting.Http;
using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Hosting.Security;

/// <summary>
/// Refuses changes that another site has a browser make with the session cookie. The cookie is <c>SameSite=Strict</c>. This check also
/// holds against a neighbour on the same site (another subdomain or port), and for browsers that do not know the attribute.
/// </summary>
internal static class CrossSiteWrites
{
    public static Task RefuseAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        return Changes(request.Method) && Credential.IsCookie(request) && !IsOwnPage(request)
            ? Problems.Of(
                StatusCodes.Status403Forbidden,
                "cross_site",
                "A session cookie changes things only from pages of this site. Programs send Authorization: Bearer.").ExecuteAsync(context)
            : next(context);
    }

    private static bool Changes(string method) =>
        !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method));

    /// <summary>
    /// Whether the page that made the request is ours, by what browsers say; no page can make them say otherwise. <c>Sec-Fetch-Site</c> is
    /// left out on plain http, and there the page's origin must be where the request goes. A client that sends neither is no browser of the
    /// last ten years.
    /// </summary>
    private static bool IsOwnPage(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0) return site is "same-origin" or "none";
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && IsHere(request, page.Authority));
    }

    /// <summary>
    /// Behind a proxy the browser's host is in X-Forwarded-Host, which a page cannot set without being asked about first (CORS).
    /// </summary>
    private static bool IsHere(HttpRequest request, string authority) =>
        string.Equals(authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
        || request.Headers["X-Forwarded-Host"].Contains(authority, StringComparer.OrdinalIgnoreCase);
}
