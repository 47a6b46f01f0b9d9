using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Store.CannedReplies;

/// <summary>The body of <c>PATCH /api/v1/canned-replies/{id}</c>; members that are left out stay unchanged.</summary>
/// <param name="Shortcut">A new shortcut.</param>
/// <param name="Text">A new text.</param>
internal sealed record ChangeCannedReplyRequest(string? Shortcut = null, string? Text = null)
{
    /// <summary>The accounts that it is for; null for all. Raw JSON, because null and "left out" differ.</summary>
    public JsonElement AccountIds { get; init; }
}

/// <summary><c>PATCH /api/v1/canned-replies/{id}</c>.</summary>
internal static class ChangeCannedReply
{
    public static void MapChangeCannedReply(this IEndpointRouteBuilder routes) => routes.MapPatch("{id}", HandleAsync)
        .Needs(Scopes.Manage)
        .Audited(AuditActions.CannedReplyChanged)
        .WithETag()
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .Refuses(StatusCodes.Status403Forbidden, "account_not_yours")
        .WithSummary("Change a saved reply.")
        .WithDescription("account_ids is a list of account ids, or null for all accounts.")
        .Refuses(StatusCodes.Status409Conflict, "shortcut_taken", "too_many_canned_replies")
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Ok<CannedReplyView>, ProblemHttpResult>> HandleAsync(
        string id,
        ChangeCannedReplyRequest request,
        Caller caller,
        AuditTrail audit,
        IfMatch match,
        IUnitOfWork<StoreDbContext> unitOfWork,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var fields = new CannedReplyFields();
        var change = new Change(
            request.Shortcut is null ? null : fields.Shortcut(request.Shortcut),
            request.Text is null ? null : fields.Text(request.Text),
            request.AccountIds.IsGiven(),
            fields.Accounts(request.AccountIds.Read<IReadOnlyList<string?>>("account_ids", fields.Fault)),
            clock.GetUtcNow());
        if (fields.Faults.Count > 0) return Problems.Invalid([.. fields.Faults]);
        return await unitOfWork.ExecuteAsync(scope => ChangeAsync(scope, caller, id, change, audit, match), cancellationToken);
    }

    private static async Task<Results<Ok<CannedReplyView>, ProblemHttpResult>> ChangeAsync(
        WorkScope<StoreDbContext> scope, Caller caller, string id, Change change, AuditTrail audit, IfMatch match)
    {
        var db = scope.Db;
        if (await CannedReplyReach.FindAsync(db, caller, id) is not var (reply, rows)) return Problems.NotFound("canned reply");
        if (!CannedReplyReach.Covers(caller, rows)) return CannedReplyReach.NotYours();
        var before = CannedReplyView.Of(reply, [.. rows], caller);
        if (match.Fault(before) is { } stale) return stale;
        if (change.Moves && await CannedReplyReach.FaultAsync(db, caller, change.Accounts) is { } fault) return fault;
        var places = change.Moves ? CannedReplyReach.PlacesOf(change.Accounts) : rows.ConvertAll(row => row.Place);
        var shortcut = change.Shortcut ?? reply.Shortcut;
        if (await CannedReplyReach.ClashAsync(db, id, shortcut, places) is { } clash) return clash;

        (reply.Shortcut, reply.Text, reply.UpdatedAt) = (shortcut, change.Text ?? reply.Text, change.At);
        db.RemoveRange(rows.Where(row => !places.Contains(row.Place)));
        rows.RemoveAll(row => !places.Contains(row.Place));
        var key = CannedReplyFields.KeyOf(shortcut);
        foreach (var row in rows) row.ShortcutKey = key;
        var added = places.Except(rows.Select(row => row.Place))
            .Select(place => new CannedReplyPlace { Place = place, ReplyId = id, ShortcutKey = key }).ToList();
        db.AddRange(added);
        var view = CannedReplyView.Of(reply, [.. rows, .. added], caller);
        audit.Record(scope, id, view.AccountIds is [var only] ? only : null, AuditChanges.Of(before, view));
        return TypedResults.Ok(view);
    }

    private sealed record Change(string? Shortcut, string? Text, bool Moves, IReadOnlyList<AccountId>? Accounts, DateTimeOffset At);
}
