using System.Security.Cryptography;
using System.Text;
using InstaMessenger.Hosting.Http;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Ingress.Webhooks;

/// <summary>
/// Meta's handshake: the dashboard calls with our verify token when the webhook is set up, and takes the endpoint for ours when the
/// challenge comes back unchanged.
/// </summary>
internal sealed class VerifyHandshake(IOptions<InstagramOptions> options)
{
    private readonly byte[][] _tokens = [.. options.Value.Apps.Select(app => Hash(app.VerifyToken))];

    public static void Map(WebApplication app) =>
        app.MapGet(WebhookRules.Path, app.Services.GetRequiredService<VerifyHandshake>().HandleAsync).AllowAnonymous();

    public Task HandleAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (query["hub.mode"] is not ["subscribe"] || query["hub.verify_token"] is not [{ } token]
            || query["hub.challenge"] is not [{ } challenge] || !IsOurs(token))
            return Problems.Of(StatusCodes.Status403Forbidden, "forbidden").ExecuteAsync(context);

        // As plain text that no browser takes for HTML, or the challenge would be a way to run a script under our address.
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.WriteAsync(challenge, context.RequestAborted);
    }

    /// <summary>Compares hashes, so that not even the token's length can be timed, and always all of them.</summary>
    private bool IsOurs(string token)
    {
        var given = Hash(token);
        var ours = false;
        foreach (var expected in _tokens) ours |= CryptographicOperations.FixedTimeEquals(given, expected);
        return ours;
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
