using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Hosting.Security;

/// <summary>What a request presents to prove who makes it: a session token or an API key.</summary>
public static class Credential
{
    /// <summary>The cookie of a browser's session.</summary>
    public const string SessionCookie = "im_session";

    private const string Bearer = "Bearer ";
    private const int Longest = 4096;

    /// <summary>
    /// The only characters of keys and tokens. Text with any other is refused before anybody looks it up: a cookie is URL-decoded, and a
    /// line break in it would be a second request to whoever the credential is passed on to.
    /// </summary>
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-");

    /// <summary>The credential of a request: its bearer token, or without an <c>Authorization</c> header its session cookie.</summary>
    /// <param name="request">Any request.</param>
    /// <returns>1 to 4,096 letters, digits or any of <c>. _ ~ -</c>, not judged yet; null for none, and for what cannot be one.</returns>
    public static string? Of(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var header = request.Headers.Authorization.ToString();
        var given = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? header[Bearer.Length..].Trim()
            : header.Length == 0 ? request.Cookies[SessionCookie] : null;
        return IsWellFormed(given) ? given : null;
    }

    /// <summary>Whether the credential is a cookie, which a browser sends by itself, whoever had the request made.</summary>
    internal static bool IsCookie(HttpRequest request) =>
        request.Headers.Authorization.Count == 0 && request.Cookies.ContainsKey(SessionCookie);

    private static bool IsWellFormed(string? text) => text is { Length: > 0 and <= Longest } && !text.AsSpan().ContainsAnyExcept(Allowed);
}
