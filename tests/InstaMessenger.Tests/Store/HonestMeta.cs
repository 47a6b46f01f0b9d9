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
