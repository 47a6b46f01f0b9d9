using System.Buffers;
using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Security;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.Graph;

/// <summary>Makes one call, and says what it came to. It never throws for what the network or Meta does.</summary>
internal sealed class GraphClient(IServiceProvider services, SecretProtector secrets, IOptions<GraphOptions> graph, TimeProvider clock)
{
    /// <summary>Meta's answers have some hundred bytes.</summary>
    private const int LargestAnswer = 64 * 1024;

    /// <summary>Makes a call ready, or says why it can never be made as it stands.</summary>
    public (ReadyCall? Ready, Verdict? Refusal) Prepare(GraphCall call)
    {
        if (GraphMessage.Of(call) is not { } message)
            return (
                null, new Verdict.Rejected("content_unreadable", "What was to be sent cannot be read by this version.", Retryable: false));
        return TokenOf(call) is { } token
            ? (new ReadyCall(call, token, message), null)
            : (
                null,
                new Verdict.Later(
                    "token_unreadable", "The access token cannot be decrypted: connect the account again.", HoldBack.AccountUntilNewToken));
    }

    /// <summary>Makes the call.</summary>
    /// <param name="ready">The call.</param>
    /// <param name="startBy">After this no byte of it leaves (UTC): the process may have been frozen, and the claim over.</param>
    /// <param name="timeout">How long it may take.</param>
    public async Task<GraphAnswer> SendAsync(ReadyCall ready, DateTimeOffset startBy, TimeSpan timeout)
    {
        var watch = new RequestWatch(clock, startBy);
        using var end = new CancellationTokenSource(timeout, clock);
        try
        {
            var call = ready.Call;
            var api = services.GetRequiredKeyedService<IGraphApi>(call.LoginType);
            var sender = call.LoginType == LoginType.Facebook ? "me" : call.InstagramAccountId.Value;
            using var response = await api.SendMessageAsync(graph.Value.GraphVersion, sender, ready.Token, ready.Message, watch, end.Token);
            var (body, cut) = await ReadAsync(response.Content, end.Token);
            // A refusal stands once its status has come, however its body ends.
            return cut is null || (int)response.StatusCode is >= 400 and < 500
                ? GraphAnswer.Of(response, body, call.Content.IsFetched)
                : new(Judge(watch, cut.GetBaseException(), end.IsCancellationRequested));
        }
        catch (Exception error)
        {
            return new(Judge(watch, error.GetBaseException(), end.IsCancellationRequested));
        }
    }

    private static Verdict Judge(RequestWatch watch, Exception error, bool timedOut)
    {
        if (watch.CameTooLate) return new Verdict.Later("claim_too_old", "The process stood still before the call was made.");
        var what = timedOut ? "time-out" : error.GetType().Name;
        return watch.BodyBegan
            ? new Verdict.Unknown(
                timedOut ? "answer_timeout" : "answer_lost", $"The request may have reached Meta, but no answer came ({what}).")
            : new Verdict.Later("connection_failed", $"Meta cannot be reached ({what}).");
    }

    /// <summary>
    /// Returns the token; null also for a token that no header can carry. It is as good as none, and nobody else's sends may fail over it.
    /// </summary>
    private string? TokenOf(GraphCall call)
    {
        try
        {
            var token = call.ProtectedToken is { } sealedToken
                ? secrets.Unprotect(SecretPurpose.AccessToken, call.AccountId, sealedToken)
                : null;
            return token is { Length: > 0 } && !token.AsSpan().ContainsAnyExceptInRange('!', '~') ? token : null;
        }
        catch (Exception error) when (error is System.Security.Cryptography.CryptographicException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>
    /// Returns what came, and why no more did. What is beyond the limit is cut off: what decides stands at the beginning.
    /// </summary>
    private static async Task<(
        ReadOnlyMemory<byte> Body, Exception? Cut)> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>();
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            while (body.WrittenCount < LargestAnswer)
            {
                var count = await stream.ReadAsync(body.GetMemory(4096), cancellationToken);
                if (count == 0) break;
                body.Advance(count);
            }

            return (body.WrittenMemory, null);
        }
        catch (Exception error)
        {
            return (body.WrittenMemory, error);
        }
    }
}
