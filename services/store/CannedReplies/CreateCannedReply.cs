using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Store.CannedReplies;

/// <summary>The body of <c>POST /api/v1/canned-replies</c>.</summary>
/// <param name="Shortcut">1 to 40 letters or digits of any language, or any of - _ . without a slash before it.</param>
/// <param name="Text">1 to 4,000 characters. Variables like <c>{{contact.name}}</c> are kept as they are.</param>
/// <param name="AccountIds">The accounts that it is for; null for all, which only who sees all accounts may say.</param>
internal sealed record NewCannedReply(string? Shortcut, string? Text, IReadOnlyList<string?>? AccountIds = null);

/// <summary><c>POST /api/v1/canned-replies</c>.</summary>
internal static class CreateCannedReply
{
    public static void MapCreateCannedReply(this IEndpointRouteBuilder routes) => routes.MapPost("", HandleAsync)
        .Needs(Scopes.Manage)
        .Idempotent<StoreDbContext>()
        .Audited(AuditActions.CannedReplyCreated)
        .WithETag()
        .Refuses(StatusCodes.Status403Forbidden, "account_not_yours")
        .WithSummary("Save a reply for accounts that you see.")
        .Refuses(StatusCodes.Status409Conflict, "shortcut_taken", "too_many_canned_replies")
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Created<CannedReplyView>, ProblemHttpResult>> HandleAsync(
        NewCannedReply request,
        Caller caller,
        AuditTrail audit,
        KeyedRequest keyed,
        IUnitOfWork<StoreDbContext> unitOfWork,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var fields = new CannedReplyFields();
        var (shortcut, text) = (fields.Shortcut(request.Shortcut), fields.Text(request.Text));
        var accounts = fields.Accounts(request.AccountIds);
        if (fields.Faults.Count > 0) return Problems.Invalid([.. fields.Faults]);
        return await unitOfWork.ExecuteAsync(
            scope => CreateAsync(scope, caller, CannedReply.Create(shortcut, text, clock), accounts, audit, keyed), cancellationToken);
    }

    private static async Task<Results<Created<CannedReplyView>, ProblemHttpResult>> CreateAsync(
        WorkScope<StoreDbContext> scope,
        Caller caller,
        CannedReply reply,
        IReadOnlyList<AccountId>? accounts,
        AuditTrail audit,
        KeyedRequest keyed)
    {
        var db = scope.Db;
        if (await CannedReplyReach.FaultAsync(db, caller, accounts) is { } fault) return fault;
        var places = CannedReplyReach.PlacesOf(accounts);
        if (await CannedReplyReach.ClashAsync(db, reply.Id, reply.Shortcut, places) is { } clash) return clash;
        var rows = places.ConvertAll(place => new CannedReplyPlace
        {
            Place = place, ReplyId = reply.Id, ShortcutKey = CannedReplyFields.KeyOf(reply.Shortcut),
        });
        db.Add(reply);
        db.AddRange(rows);
        var view = CannedReplyView.Of(reply, rows, caller);
        audit.Record(scope, reply.Id, accounts is [var only] ? only : null, AuditChanges.Of(null, view));
        return await keyed.KeepAsync(scope, TypedResults.Created((string?)null, view));
    }
}
