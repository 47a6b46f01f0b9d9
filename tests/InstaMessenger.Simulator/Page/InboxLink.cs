using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace InstaMessenger.Simulator.Page;

/// <summary>
/// <c>GET /inbox?code=…</c>: opens the product's inbox, signed in. It signs in at the product and hands the browser that session's cookie:
/// cookies belong to a host, whatever its port. The product itself has no such link, and this one is there only when a demo sets it.
/// </summary>
internal static class InboxLink
{
    public static void MapInboxLink(this IEndpointRouteBuilder app, InboxOptions inbox)
    {
        if (inbox is not { Url: { } url, Username: { } username, Password: { } password, Code.Length: > 0 }) return;
        app.MapGet("/inbox", async (string? code, HttpRequest asked, HttpResponse response) =>
        {
            if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(code ?? ""), Encoding.UTF8.GetBytes(inbox.Code)))
                return Results.NotFound();
            using var http = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, "/ui/session"));
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}")));
            using var answer = await http.SendAsync(request);
            if (!answer.IsSuccessStatusCode) return Results.Text($"The product answered {(int)answer.StatusCode}.", statusCode: 502);
            foreach (var cookie in answer.Headers.GetValues("Set-Cookie")) response.Headers.Append("Set-Cookie", cookie);
            response.Headers.CacheControl = "no-store";
            // The inbox then has a link back to here. What stands behind # is sent to nobody.
            return Results.Redirect(new Uri(url, $"/#simulator={asked.Scheme}://{asked.Host}").ToString());
        });
    }
}

/// <summary>The inbox that the link opens. All four are needed.</summary>
public sealed class InboxOptions
{
    /// <summary>Where the product is, by the same host name as the simulator.</summary>
    public Uri? Url { get; set; }

    /// <summary>Who is signed in.</summary>
    public string? Username { get; set; }

    /// <summary>Their password.</summary>
    public string? Password { get; set; }

    /// <summary>What the link must carry: others on this machine see the port, not the link.</summary>
    public string Code { get; set; } = "";
}
