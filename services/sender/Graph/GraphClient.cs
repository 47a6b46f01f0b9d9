using System.Buffers;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Security;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.Graph;

/// <summary>Makes one call, and says what it came to. It never throws for what the network or Meta does.</summary>
internal sealed class GraphClient(IServiceProvider services, SecretProtector secrets, IOptions<GraphOptions> graph, TimeProvider clock)
{
    /// <summary>Meta's answers have some hundred bytes.</summary>
    private const int LargestAnswer = 64 * 1024;

    /// <summary>Ten threads of twenty messages, with texts of 1,000 bytes that are escaped and the addresses of ten attachments.</summary>
    private const int LargestThread = 4 * 1024 * 1024;

    /// <summary>Not one more: Meta refuses the whole call over a field that customers do not have.</summary>
    private const string PersonFields =
        "name,username,profile_pic,follower_count,is_user_follow_business,is_business_follow_user,is_verified_user";

    private const string ThreadFields = "messages.limit(20){id,created_time,from,message,attachments}";

    /// <summary>Reading fetches no media, so it is answered within a second. In real time: nothing is decided by it.</summary>
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Makes a call ready, or says why it can never be made as it stands.</summary>
    public (ReadyCall? Ready, Verdict? Refusal) Prepare(GraphCall call)
    {
        if (GraphMessage.Of(call) is not { } message)
            return (
                null, new Verdict.Rejected("content_unreadable", "What was to be sent cannot be read by this version.", Retryable: false));
        return TokenOf(call.AccountId, call.ProtectedToken) is { } token
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
            var (body, cut) = await ReadAsync(response.Content, LargestAnswer, end.Token);
            // A refusal stands once its status has come, however its body ends.
            return cut is null || (int)response.StatusCode is >= 400 and < 500
                ? GraphAnswer.Of(response, body, call.Content)
                : new(Judge(watch, cut.GetBaseException(), end.IsCancellationRequested));
        }
        catch (Exception error)
        {
            return new(Judge(watch, error.GetBaseException(), end.IsCancellationRequested));
        }
    }

    /// <summary>Asks who a person is.</summary>
    public async Task<ProfileAnswer> ReadProfileAsync(
        AccountId account, LoginType login, string? protectedToken, InstagramUserId contact, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(
            account,
            login,
            protectedToken,
            (api, version, token, end) => api.ReadPersonAsync(version, contact.Value, token, PersonFields, end),
            cancellationToken);
        var answer = reply.IsSuccess ? ProfileAnswer.Of(reply.Body) : ProfileAnswer.Of(reply.Status, reply.Error);
        // Whom Meta does not show is withheld from us by them, whatever the same code means of a message.
        return answer with { Limit = CallLimit.Of(answer.Outcome == ProfileOutcome.Withheld ? null : reply.Verdict, reply.Usage) };
    }

    /// <summary>Reads the newest messages of the conversation with a person.</summary>
    public async Task<ThreadAnswer> ReadThreadAsync(
        AccountId account, LoginType login, string? protectedToken, InstagramUserId contact, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(
            account,
            login,
            protectedToken,
            (api, version, token, end) => api.ReadThreadAsync(version, token, contact.Value, ThreadFields, end),
            cancellationToken);
        if (!reply.IsSuccess)
        {
            var code = reply.Error is { } error ? $", code {error.Code}" : "";
            return new(
                null,
                reply.Fault ?? $"Meta refused to show the conversation (status {reply.Status}{code})",
                CallLimit.Of(reply.Verdict, reply.Usage));
        }

        var limit = CallLimit.Of(null, reply.Usage);
        return ThreadBody.Of(reply.Body, contact) is { } view
            ? new(view with { Skew = reply.Date - clock.GetUtcNow() ?? TimeSpan.Zero }, null, limit)
            : new(null, "Meta showed no conversation with this person", limit);
    }

    /// <summary>Makes a call that sends nothing to anybody, so that it may be made again.</summary>
    /// <param name="login">Which host it is made to.</param>
    /// <param name="protectedToken">The token, as it is kept.</param>
    /// <param name="call">Makes the call, with the version and the token.</param>
    /// <param name="cancellationToken">Gives up on it.</param>
    public async Task<GraphReply> AskAsync(
        AccountId account,
        LoginType login,
        string? protectedToken,
        Func<IGraphApi, string, string, CancellationToken, Task<HttpResponseMessage>> call,
        CancellationToken cancellationToken)
    {
        if (TokenOf(account, protectedToken) is not { } token) return new GraphReply("there is no access token that works");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(ReadTimeout);
        try
        {
            var api = services.GetRequiredKeyedService<IGraphApi>(login);
            using var response = await call(api, graph.Value.GraphVersion, token, end.Token);
            var (body, cut) = await ReadAsync(response.Content, LargestThread, end.Token);
            return GraphReply.Of(response, body, cut is not null);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return new GraphReply($"Meta gave no answer ({error.GetBaseException().GetType().Name})");
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
    private string? TokenOf(AccountId account, string? protectedToken)
    {
        try
        {
            var token = protectedToken is { } sealedToken
                ? secrets.Unprotect(SecretPurpose.AccessToken, account, sealedToken)
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
        ReadOnlyMemory<byte> Body, Exception? Cut)> ReadAsync(HttpContent content, int most, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>();
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            while (body.WrittenCount < most)
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
