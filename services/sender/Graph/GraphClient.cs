using System.Buffers;
using System.Security.Cryptography;
using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Sender.Sending;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.Graph;

/// <summary>Makes one call for one claim, and says what it came to. It never throws for what the network or Meta does.</summary>
internal sealed class GraphClient(
    IServiceProvider services,
    SecretProtector secrets,
    IOptions<GraphOptions> graph,
    IOptions<SenderOptions> options,
    TimeProvider clock)
{
    /// <summary>Meta's answers have some hundred bytes.</summary>
    private const int LargestAnswer = 64 * 1024;

    public async Task<GraphAnswer> SendAsync(ClaimedSend send)
    {
        if (TokenOf(send) is not { } token)
            return new(new Verdict.Later("token_unreadable", "The access token cannot be decrypted: connect the account again.", HoldBack.AccountUntilNewToken));

        var watch = new RequestWatch();
        using var timeout = new CancellationTokenSource(options.Value.CallTimeout, clock);
        try
        {
            var api = services.GetRequiredKeyedService<IGraphApi>(send.Account.LoginType);
            var sender = send.Account.LoginType == LoginType.Facebook ? "me" : send.Account.InstagramAccountId.Value;
            using var response = await api.SendMessageAsync(graph.Value.GraphVersion, sender, token, GraphMessage.Of(send), watch, timeout.Token);
            var body = await ReadAsync(response.Content, timeout.Token);
            return GraphAnswer.Of(response, body, send.IsMedia);
        }
        catch (Exception error)
        {
            return new(Judge(watch, error.GetBaseException(), timeout.IsCancellationRequested));
        }
    }

    private static Verdict Judge(RequestWatch watch, Exception error, bool timedOut)
    {
        var what = timedOut ? "time-out" : error.GetType().Name;
        return watch.BodyBegan
            ? new Verdict.Unknown(timedOut ? "answer_timeout" : "answer_lost", $"The request may have reached Meta, but no answer came ({what}).")
            : new Verdict.Later("connection_failed", $"Meta cannot be reached ({what}).");
    }

    private string? TokenOf(ClaimedSend send)
    {
        try
        {
            return send.Account.ProtectedToken is { } token ? secrets.Unprotect(SecretPurpose.AccessToken, send.AccountId, token) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>What is beyond the limit is cut off, which makes the answer unreadable and the send unknown.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var body = new ArrayBufferWriter<byte>();
        while (body.WrittenCount < LargestAnswer)
        {
            var count = await stream.ReadAsync(body.GetMemory(4096), cancellationToken);
            if (count == 0) break;
            body.Advance(count);
        }

        return body.WrittenMemory;
    }
}
