using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Audit;

/// <summary>
/// <c>GET /api/v1/audit</c>, newest first. For admins: what is in it concerns users and keys of everybody, and who sees only some accounts
/// sees none of it, not even of those accounts.
/// </summary>
internal static class ListAudit
{
    public static void MapListAudit(this IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/audit", HandleAsync)
        .RequireAuthorization(CallerAuthenticationSetup.Admin)
        .Needs(Scopes.Read)
        .WithTags("Audit")
        .WithSummary("What was done that needs the right to manage, newest first: who, what, when, from where, and what it changed.")
        .WithDescription(
            "actor is the id of a user, which also finds what the user's keys did, or of a key; target the id of what was acted on; after "
            + "and before are times. An entry may appear some moments after what it tells of.")
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Ok<Page<AuditView>>, ProblemHttpResult>> HandleAsync(
        IDbContextFactory<StoreDbContext> factory,
        string? actor,
        string? action,
        string? target,
        AccountId? account_id,
        DateTimeOffset? after,
        DateTimeOffset? before,
        IdCursor<AuditEntry>? cursor,
        int? limit,
        CancellationToken cancellationToken)
    {
        if (action is not null && !AuditActions.All.Contains(action)) return Problems.Invalid(("action", $"There is no action {action}."));
        if (after >= before) return Problems.Invalid(("after", "It is before before."));
        var size = PageLimit.Of(limit);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var rows = db.Set<AuditEntry>().AsNoTracking();
        if (actor is not null) rows = rows.Where(row => row.ActorId == actor || row.UserId == actor);
        if (action is not null) rows = rows.Where(row => row.Action == action);
        if (target is not null) rows = rows.Where(row => row.Target == target);
        if (account_id is { } account) rows = rows.Where(row => row.AccountId == account);
        if (after is { } from) rows = rows.Where(row => row.At >= from);
        if (before is { } to) rows = rows.Where(row => row.At < to);
        if (cursor is { } last) rows = rows.Where(row => string.Compare(row.Id, last.Id) < 0);
        var page = await db.ReadableAsync(rows.OrderByDescending(row => row.Id).Take, size + 1, cancellationToken);
        return TypedResults.Ok(Page.Of(page, size, AuditView.Of, row => new IdCursor<AuditEntry>(row.Id)));
    }
}
