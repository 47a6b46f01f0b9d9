using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Sender.Checkups;

/// <summary>What Meta said of an account.</summary>
/// <param name="Fields">The subscribed webhook fields; null when they were not told.</param>
/// <param name="Missing">Those of them that are wanted and missing.</param>
/// <param name="Finding">The code of what Meta refused; null when it refused nothing.</param>
/// <param name="Limit">What it limits, if anything.</param>
/// <param name="IsAnswered">Whether Meta could be asked at all.</param>
internal sealed record CheckResult(
    IReadOnlyList<string>? Fields, IReadOnlyList<string> Missing, string? Finding, CallLimit? Limit, bool IsAnswered);

/// <summary>
/// Looks at an account from Meta's side: the subscription is read back, made again when it lacks something and read once more, and one
/// conversation is asked for, which shows whether messages may be read at all. Each call may be made again.
/// </summary>
internal sealed class AccountCheck(GraphClient graph)
{
    private static readonly CheckResult Away = new(null, [], null, null, IsAnswered: false);

    public async Task<CheckResult> RunAsync(SendingAccount account, CancellationToken cancellationToken)
    {
        var (fields, refused) = await SubscribeAsync(account, cancellationToken);
        if (refused is { } reply && IsUnanswered(reply)) return Away with { Limit = CallLimit.Of(reply.Verdict, reply.Usage) };
        var wanted = WebhookFields.Wanted(account.LoginType);
        var missing = fields is null ? [] : wanted.Except(fields).ToList();
        var conversations = await AskAsync(
            account, (api, version, token, end) => api.TryConversationsAsync(version, account.Subscriber, token, end), cancellationToken);
        if (IsUnanswered(conversations))
            return Away with { Limit = CallLimit.Of(conversations.Verdict, conversations.Usage) };
        var finding = CodeOf(conversations) ?? (fields is null ? CodeOf(refused!) : null);
        return new CheckResult(
            fields, missing, finding, CallLimit.Of(conversations.Verdict ?? refused?.Verdict, conversations.Usage), IsAnswered: true);
    }

    /// <summary>Ends the subscription of an account that was unlinked; says whether there is nothing left to do.</summary>
    public async Task<bool> UnsubscribeAsync(SendingAccount account, string protectedToken, CancellationToken cancellationToken)
    {
        var reply = await graph.AskAsync(
            account.AccountId,
            account.LoginType,
            protectedToken,
            (api, version, token, end) => api.UnsubscribeAsync(version, account.Subscriber, token, end),
            cancellationToken);
        // A token that is refused has no subscription any more.
        return reply.IsSuccess || !IsUnanswered(reply) || reply.Verdict is Verdict.Later { HoldBack: HoldBack.AccountUntilNewToken };
    }

    /// <summary>Returns what is subscribed in the end; null, with the refusal, when Meta does not show it.</summary>
    private async Task<(IReadOnlyList<string>? Fields, GraphReply? Refused)> SubscribeAsync(
        SendingAccount account, CancellationToken cancellationToken)
    {
        var (fields, refused) = await ReadAsync(account, cancellationToken);
        if (fields is null || !WebhookFields.Wanted(account.LoginType).Except(fields).Any()) return (fields, refused);
        foreach (var names in WebhookFields.Tries(account.LoginType))
        {
            var reply = await AskAsync(
                account,
                (api, version, token, end) => api.SubscribeAsync(version, account.Subscriber, token, string.Join(',', names), end),
                cancellationToken);
            if (reply.IsSuccess) return await ReadAsync(account, cancellationToken);
            refused = reply;
            if (IsUnanswered(reply)) break;
        }

        return (fields, refused);
    }

    private async Task<(IReadOnlyList<string>? Fields, GraphReply? Refused)> ReadAsync(
        SendingAccount account, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(
            account, (api, version, token, end) => api.ReadSubscriptionAsync(version, account.Subscriber, token, end), cancellationToken);
        return reply.IsSuccess ? (WebhookFields.Read(reply.Body, account.AppId), null) : (null, reply);
    }

    private Task<GraphReply> AskAsync(
        SendingAccount account,
        Func<IGraphApi, string, string, CancellationToken, Task<HttpResponseMessage>> call,
        CancellationToken cancellationToken) =>
        graph.AskAsync(account.AccountId, account.LoginType, account.ProtectedToken, call, cancellationToken);

    /// <summary>Whether an answer says nothing of the account: it was lost, or Meta has trouble or enough of us.</summary>
    private static bool IsUnanswered(GraphReply reply) => !reply.IsSuccess && reply.Verdict is not Verdict.Rejected { InDoubt: false };

    private static string? CodeOf(GraphReply reply) => reply.Verdict is Verdict.Rejected rejected ? rejected.Code : null;
}
