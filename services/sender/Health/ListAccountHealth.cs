using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Sending;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Health;

/// <summary>
/// <c>GET /api/v1/health/accounts</c>: how all accounts stand. Two rows for each, and nothing is counted, so that it is cheap however many
/// there are; what waits to be sent is told of one account at a time.
/// </summary>
internal static class ListAccountHealth
{
    public static void MapListAccountHealth(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/health/accounts", HandleAsync).Needs(Scopes.Read).WithTags("Accounts")
            .WithSummary("How the accounts that you see stand, by id.");

    private static async Task<Ok<Page<AccountStanding>>> HandleAsync(
        Caller caller,
        IDbContextFactory<SenderDbContext> factory,
        HealthReading reading,
        TimeProvider clock,
        AccountCursor? cursor,
        int? limit,
        CancellationToken cancellationToken)
    {
        var size = PageLimit.Of(limit);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var linked = db.Accounts.AsNoTracking().Where(account => !account.Unlinked);
        if (!caller.Accounts.IsAll) linked = linked.Where(account => caller.Accounts.Listed.ToList().Contains(account.AccountId));
        if (cursor is { Id: var last }) linked = linked.Where(account => account.AccountId > last);
        var accounts = await db.ReadableAsync(linked.OrderBy(account => account.AccountId).Take, size + 1, cancellationToken);
        var ids = accounts.Select(account => account.AccountId).ToList();
        var checkups = (await db.ReadableAsync(
            db.Set<Checkup>().AsNoTracking().Where(row => ids.Contains(row.AccountId)).OrderBy(row => row.AccountId), cancellationToken))
            .ToDictionary(row => row.AccountId);
        var (now, more) = (clock.GetUtcNow(), reading.OfAll.ToList());
        return TypedResults.Ok(Page.Of(
            accounts,
            size,
            account => AccountStanding.Of(
                account, checkups.GetValueOrDefault(account.AccountId) ?? Checkup.Of(account.AccountId), more, now),
            account => new AccountCursor(account.AccountId)));
    }

    /// <summary>An account's health without what is counted.</summary>
    internal sealed record AccountStanding(
        AccountId AccountId,
        HealthStatus Status,
        TokenHealth Token,
        SubscriptionHealth Subscription,
        DateTimeOffset? LastWebhookAt,
        DateTimeOffset? LastSentAt,
        SendingStanding Sending,
        int Quarantined,
        CompletenessHealth? Completeness,
        IReadOnlyList<HealthProblem> Problems,
        string? NextStep)
    {
        public static AccountStanding Of(SendingAccount account, Checkup checkup, IEnumerable<HealthProblem> more, DateTimeOffset now)
        {
            var rest = AccountRest.Of(account, now);
            List<HealthProblem> problems = [.. HealthProblems.Of(account, checkup, now), .. more];
            return new AccountStanding(
                account.AccountId,
                AccountHealth.StatusOf(problems),
                TokenHealth.Of(account, checkup, now),
                SubscriptionHealth.Of(checkup),
                checkup.LastWebhookAt,
                checkup.LastSentAt,
                new SendingStanding(rest is null ? SendingState.Running : SendingState.Paused, rest?.Code, rest?.Until),
                checkup.Quarantined,
                CompletenessHealth.Of(checkup),
                problems,
                AccountHealth.NextStepOf(problems));
        }
    }

    /// <summary>Whether sends go out, why not, and until when.</summary>
    internal sealed record SendingStanding(SendingState State, string? Reason, DateTimeOffset? Until);
}
