using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Accounts;

namespace InstaMessenger.Tests.Store;

/// <summary>
/// Stands in for Meta: a token says whose it is. <c>name.178.77.9</c> is of account 178, whose app knows it as 77 and whose Page is 9;
/// <c>dead</c> is refused, and of <c>away</c> Meta says nothing.
/// </summary>
internal sealed class HonestMeta(SecretProtector secrets, TimeProvider clock) : IMetaQuestions
{
    /// <summary>Codes are as honest as tokens, and become them: several with blanks between.</summary>
    public async Task<AccessProven?> AskAsync(RedeemCode question, CancellationToken cancellationToken)
    {
        var codes = secrets.Unprotect(SecretPurpose.LoginCode, question.AccountId, question.ProtectedCode).Split(' ');
        var accounts = new List<ProvenAccount>();
        foreach (var code in codes)
        {
            var token = secrets.Protect(SecretPurpose.AccessToken, question.AccountId, code);
            var asked = new ProveAccess(question.QuestionId, question.AccountId, question.LoginType, token, question.AskedAt);
            if (await AskAsync(asked, cancellationToken) is not { Outcome: AccessOutcome.Proven } answer)
                return await AskAsync(asked, cancellationToken);
            accounts.Add(answer.Accounts[0] with { ProtectedAccessToken = token, TokenExpiresAt = clock.GetUtcNow().AddDays(60) });
        }

        return new AccessProven(question.QuestionId, AccessOutcome.Proven, accounts, null, null, clock.GetUtcNow());
    }

    public Task<AccessProven?> AskAsync(ProveAccess question, CancellationToken cancellationToken)
    {
        var parts = secrets.Unprotect(SecretPurpose.AccessToken, question.AccountId, question.ProtectedAccessToken).Split('.');
        return Task.FromResult(parts switch
        {
            ["dead", ..] => Answer(AccessOutcome.Refused, "token_invalid"),
            ["away", ..] => null,
            [_, var id, ..] => new AccessProven(
                question.QuestionId,
                AccessOutcome.Proven,
                [
                    new ProvenAccount(
                        InstagramAccountId.Parse(id), parts.ElementAtOrDefault(2), parts.ElementAtOrDefault(3), null, null, null),
                ],
                null,
                null,
                clock.GetUtcNow()),
            _ => Answer(AccessOutcome.Refused, "token_of_another_account"),
        });

        AccessProven Answer(AccessOutcome outcome, string code) =>
            new(question.QuestionId, outcome, [], code, "Meta says no.", clock.GetUtcNow());
    }
}
