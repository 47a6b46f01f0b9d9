using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound;

/// <summary><c>/api/v1/quarantine</c>: webhooks that no account claims. For admins: nobody can say whose they are.</summary>
internal static class QuarantineEndpoints
{
    public static void MapQuarantine(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/quarantine").RequireAuthorization(CallerAuthenticationSetup.Admin).WithTags("Operations");
        group.MapGet("", ListAsync).Needs(Scopes.Read)
            .WithSummary("Webhooks that no linked account claims, oldest first; without their content.");
        group.MapPost("{id:long}/replay", ReplayAsync).Needs(Scopes.Manage).Audited(AuditActions.QuarantineReplayed)
            .Refuses(StatusCodes.Status409Conflict, "replay_failed", "still_unclaimed")
            .WithSummary("Records a quarantined webhook, if an account claims it now.");
    }

    private static async Task<Ok<Page<QuarantineView>>> ListAsync(
        IDbContextFactory<StoreDbContext> factory,
        NumberCursor<QuarantinedWebhook>? cursor,
        int? limit,
        CancellationToken cancellationToken)
    {
        var (size, after) = (PageLimit.Of(limit), cursor?.Number ?? 0);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var all = db.Set<QuarantinedWebhook>().Where(row => row.Id > after).OrderBy(row => row.Id)
            .Select(row => new QuarantineView(row.Id, row.ChannelId, row.BusinessId, row.ReservedFor, row.Reason, row.ReceivedAt));
        var rows = await db.ReadableAsync(all.Take, size + 1, cancellationToken);
        return TypedResults.Ok(Page.Of(rows, size, row => row, row => new NumberCursor<QuarantinedWebhook>(row.Id)));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ReplayAsync(
        long id,
        AuditTrail audit,
        IDbContextFactory<StoreDbContext> factory,
        QuarantineReplay replay,
        CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        if (!await db.Set<QuarantinedWebhook>().AnyAsync(row => row.Id == id, cancellationToken))
            return Problems.NotFound("quarantined webhook");
        try
        {
            if (await replay.ReplayAsync(id, audit, cancellationToken)) return TypedResults.NoContent();
        }
        catch (Exception error) when (error is not OperationCanceledException && !DatabaseErrors.IsUnavailable(error))
        {
            return Conflict(
                "replay_failed",
                $"It could not be recorded and is a dead letter of the store now: {error.GetBaseException().GetType().Name}.");
        }

        return Conflict(
            "still_unclaimed",
            "No linked account has the id that this webhook is addressed to. Link the account, and it is replayed by itself.");
    }

    private static ProblemHttpResult Conflict(string code, string detail) => Problems.Of(StatusCodes.Status409Conflict, code, detail);

    internal sealed record QuarantineView(
        long Id, string ChannelId, string? BusinessId, AccountId? ReservedFor, string Reason, DateTimeOffset ReceivedAt);
}
