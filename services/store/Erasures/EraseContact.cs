using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Erasures;

/// <summary>
/// <c>DELETE /api/v1/accounts/{account_id}/contacts/{contact_id}</c>: erases a person everywhere. An account that is unlinked keeps its
/// messages, and so may be asked as well.
/// </summary>
internal static class EraseContact
{
    public static void MapEraseContact(this IEndpointRouteBuilder routes) => routes
        .MapDelete("{account_id}/contacts/{contact_id}", HandleAsync)
        .Needs(Scopes.Manage)
        .Audited(AuditActions.ContactErased)
        .WithSummary("Erase everything of a contact; the answer is the report.")
        .WithDescription(
            "Messages, media, search, Meta's JSON, sends, deliveries and what events say. 200 when all is gone, 202 when some of it "
            + "takes longer. What the contact wrote before never comes back; what they write since begins a new thread. CRMs get "
            + "contact.erased.");

    private static async Task<Results<Ok<ErasureView>, Accepted<ErasureView>, ProblemHttpResult>> HandleAsync(
        AccountId account_id,
        InstagramUserId contact_id,
        Caller caller,
        AuditTrail audit,
        IUnitOfWork<StoreDbContext> unitOfWork,
        ErasureStart start,
        ErasureWait wait,
        CancellationToken cancellationToken)
    {
        if (!caller.CanSee(account_id)) return Problems.NotFound("account");
        var id = await unitOfWork.ExecuteAsync(
            async scope =>
            {
                if (await scope.Db.Accounts.SingleOrDefaultAsync(row => row.Id == account_id) is not { } account) return null;
                var erasure = await start.OfContactAsync(scope, account, contact_id);
                // The contact's id is theirs too, and goes with all else.
                audit.Record(scope, erasure.Id, account_id);
                return erasure.Id;
            },
            cancellationToken);
        if (id is null) return Problems.NotFound("account");
        var answer = await wait.AnswerAsync(id, cancellationToken);
        return answer.Result is Ok<ErasureView> done ? done : (Accepted<ErasureView>)answer.Result;
    }
}
