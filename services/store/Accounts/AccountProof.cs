using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Store.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Store.Accounts;

/// <summary>
/// Has Meta say whose a token is, before anything is changed. Without it whoever knew an account's id could take it, and with it what
/// customers write to it.
/// </summary>
internal sealed class AccountProof(IMetaQuestions meta, TimeProvider clock)
{
    /// <summary>Tries a token; returns the account that Meta says it belongs to, or the problem.</summary>
    /// <param name="account">What the token is encrypted for.</param>
    /// <param name="login">Which login made it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<(ProvenAccount? Proven, ProblemHttpResult? Problem)> TryAsync(
        AccountId account, LoginType login, string protectedToken, CancellationToken cancellationToken)
    {
        var question = new ProveAccess(AccessId.New("ask_", clock), account, login, protectedToken, clock.GetUtcNow());
        var answer = await meta.AskAsync(question, cancellationToken);
        return answer?.Outcome switch
        {
            AccessOutcome.Proven => (answer.Accounts[0], null),
            AccessOutcome.Refused => (null, Refused(answer.Code!, answer.Message)),
            AccessOutcome.Unavailable => (null, Unavailable(answer.Code!, answer.Message)),
            _ => (null, Unavailable("meta_unavailable", "Meta was not asked in time. Nothing was changed; ask again.")),
        };
    }

    /// <summary>Redeems a code of Meta's login; returns the accounts that were shared, or the code of why there are none.</summary>
    public async Task<(IReadOnlyList<ProvenAccount> Accounts, string? Error)> RedeemAsync(
        AccountId account, LoginType login, string appId, string protectedCode, string redirectUri, CancellationToken cancellationToken)
    {
        var question = new RedeemCode(AccessId.New("ask_", clock), account, login, appId, protectedCode, redirectUri, clock.GetUtcNow());
        var answer = await meta.AskAsync(question, cancellationToken);
        return answer is { Outcome: AccessOutcome.Proven } ? (answer.Accounts, null) : ([], answer?.Code ?? "meta_unavailable");
    }

    /// <summary>Says what of a claim Meta does not confirm; null when all of it is the token's account.</summary>
    public static ProblemHttpResult? Contradiction(
        ProvenAccount proven, string? instagramAccountId, MessagingChannelId? channel, string? pageId)
    {
        if (instagramAccountId is not null && !proven.IsCalled(instagramAccountId)) return Another(
            "instagram_account_id", $"The token is of @{proven.Username ?? "another account"}, whose id is {proven.InstagramAccountId}.");
        if (channel is { } id && !proven.IsCalled(id.Value)) return Another(
            "messaging_channel_id", "Meta does not know the token's account by this id. Leave it out: the first webhook tells it.");
        if (pageId is not null && pageId != proven.PageId) return Another("page_id", "The token is not of this Page.");
        return null;
    }

    private static ProblemHttpResult Another(string field, string error) => Problems.Wrong(
        StatusCodes.Status422UnprocessableEntity,
        "token_of_another_account",
        "The access token belongs to another account: see errors. Paste the token of the account that you link.",
        (field, error));

    private static ProblemHttpResult Refused(string code, string? message) =>
        Problems.Of(StatusCodes.Status422UnprocessableEntity, code, message);

    private static ProblemHttpResult Unavailable(string code, string? message) =>
        Problems.Of(StatusCodes.Status503ServiceUnavailable, code, message);
}
