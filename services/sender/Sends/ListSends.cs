using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Sender.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Sends;

/// <summary><c>GET /api/v1/sends</c>: the ledger, newest first, without what was written. For operators.</summary>
internal static class ListSends
{
    private static readonly Dictionary<string, LedgerState> ByName = Enum.GetValues<LedgerState>()
        .ToDictionary(state => state.ToString().ToLowerInvariant());

    public static void MapListSends(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/sends", HandleAsync).Needs(Scopes.Read).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithTags("Operations").WithSummary("The ledger of sends, newest first; without their content.");

    private static async Task<Results<Ok<Page<SendView>>, ProblemHttpResult>> HandleAsync(
        Caller caller,
        IDbContextFactory<SenderDbContext> factory,
        string? state,
        AccountId? account_id,
        NumberCursor<LedgerEntry>? cursor,
        int? limit,
        CancellationToken cancellationToken)
    {
        if (account_id is { } asked && !caller.CanSee(asked)) return Problems.NotFound("account");
        LedgerState? wanted = null;
        if (state is not null)
        {
            if (!ByName.TryGetValue(state, out var known))
                return Problems.Invalid(("state", $"Must be one of {string.Join(", ", ByName.Keys)}."));
            wanted = known;
        }

        var size = PageLimit.Of(limit);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var rows = db.Ledger.OrderByDescending(row => row.Sequence).AsQueryable();
        if (wanted is not null) rows = rows.Where(row => row.State == wanted);
        if (cursor is { Number: var before }) rows = rows.Where(row => row.Sequence < before);
        if (account_id is not null) rows = rows.Where(row => row.AccountId == account_id);
        else if (!caller.Accounts.IsAll) rows = rows.Where(row => caller.Accounts.Listed.ToList().Contains(row.AccountId));
        var page = await db.ReadableAsync(rows.Take, size + 1, cancellationToken);
        return TypedResults.Ok(Page.Of(page, size, SendView.Of, row => new NumberCursor<LedgerEntry>(row.Sequence)));
    }
}

/// <summary>A send as operators see it.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">Calls so far.</param>
/// <param name="AcceptedAt">When the store took it.</param>
/// <param name="DueAt">When it is tried next; null once settled. A paused account holds it back longer.</param>
/// <param name="ExpiresAt">When the response window closes over it.</param>
/// <param name="SettledAt">When its outcome became known.</param>
/// <param name="InstagramMessageId">Meta's id, once sent.</param>
/// <param name="ErrorCode">Why it is not sent.</param>
/// <param name="ErrorMessage">The same for people.</param>
internal sealed record SendView(
    MessageId MessageId,
    AccountId AccountId,
    InstagramUserId RecipientId,
    LedgerState State,
    int Attempts,
    DateTimeOffset AcceptedAt,
    DateTimeOffset? DueAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? SettledAt,
    InstagramMessageId? InstagramMessageId,
    string? ErrorCode,
    string? ErrorMessage)
{
    public static SendView Of(LedgerEntry row) => new(
        row.MessageId,
        row.AccountId,
        row.RecipientId,
        row.State,
        row.Attempts,
        row.AcceptedAt,
        row.DueAt,
        row.ExpiresAt,
        row.SettledAt,
        row.InstagramMessageId,
        row.ErrorCode,
        row.ErrorMessage);
}
