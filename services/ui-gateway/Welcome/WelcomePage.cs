using System.Security.Cryptography;
using System.Text;

namespace InstaMessenger.UiGateway.Welcome;

/// <summary>The page at <c>/</c>.</summary>
internal static class WelcomePage
{
    private const string StyleBegin = "<style>";
    private const string StyleEnd = "</style>";

    public static void MapWelcome(this IEndpointRouteBuilder routes)
    {
        var html = Read();
        var policy = $"default-src 'none'; style-src '{HashOfStyle(html)}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        routes.MapGet("/", context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            context.Response.Headers.ContentSecurityPolicy = policy;
            return context.Response.WriteAsync(html, context.RequestAborted);
        }).AllowAnonymous();
    }

    private static string Read()
    {
        using var resource = typeof(WelcomePage).Assembly.GetManifestResourceStream("welcome.html")!;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }

    /// <summary>Allows the page's own style and no other.</summary>
    private static string HashOfStyle(string html)
    {
        var begin = html.IndexOf(StyleBegin, StringComparison.Ordinal) + StyleBegin.Length;
        var style = html[begin..html.IndexOf(StyleEnd, StringComparison.Ordinal)];
        return "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
    }
}
