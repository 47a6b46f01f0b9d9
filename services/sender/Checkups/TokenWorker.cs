using System.Diagnostics.Metrics;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Hosting.Telemetry;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Sending;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Checkups;

/// <summary>
/// Has tokens refreshed that have lost half of their life: claim (committed), call, report. The store has the token, so the new one goes
/// there and comes back as a change of the account; a process that dies in between refreshes once more. Only Meta's code 190 means that the
/// owner must connect again: whatever else goes wrong is tried again.
/// </summary>
internal sealed partial class TokenWorker(
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    GraphClient graph,
    SecretProtector secrets,
    TimeProvider clock,
    ILogger<TokenWorker> logger) : Worker
{
    private const int AtOnce = 8;

    private static readonly Counter<long> Refreshes = Metrics.Meter.CreateCounter<long>(
        "account.token.refreshes", "{refresh}", "Attempts to refresh an access token, by what came of them.");

    /// <summary>Ten thousand tokens that are due at once take ten minutes.</summary>
    private static readonly TimeSpan Each = TimeSpan.FromMilliseconds(60);

    public override string Name => "sender.token-refresh";

    public override TimeSpan Interval => TimeSpan.FromMinutes(1);

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        // Whole rows, so that one that cannot be read is left out here and not in the way of what is claimed together with it.
        var due = await db.ReadableAsync(
            first => db.Set<Checkup>().AsNoTracking().Where(row => row.RefreshDueAt <= now).OrderBy(row => row.RefreshDueAt)
                .ThenBy(row => row.AccountId).Take(first),
            AtOnce,
            cancellationToken);
        if (due.Count == 0) return NextRound.WhenWoken;
        var claimed = await ClaimAsync([.. due.Select(row => row.AccountId)], cancellationToken);
        await Task.WhenAll(claimed.Select(account => RefreshAsync(account, cancellationToken)));
        return NextRound.Now.NotSoonerThan(Each * due.Count);
    }

    private Task<List<SendingAccount>> ClaimAsync(List<AccountId> ids, CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        async scope =>
        {
            var now = clock.GetUtcNow();
            var rows = await scope.Db.Set<Checkup>().ForUpdate()
                .Where(row => ids.Contains(row.AccountId) && row.RefreshDueAt <= now).ToListAsync();
            var known = scope.Db.Accounts.AsNoTracking().Where(row => ids.Contains(row.AccountId)).OrderBy(row => row.AccountId);
            var accounts = (await scope.Db.ReadableAsync(known)).ToDictionary(row => row.AccountId);
            var claimed = new List<SendingAccount>();
            foreach (var row in rows)
            {
                row.ClaimRefresh(now + Checkup.Claimed);
                // One that cannot be read comes again like a claim that nothing came of: somebody may have mended it.
                if (!accounts.TryGetValue(row.AccountId, out var account)) continue;
                var mayCall = account is { Unlinked: false, TokenRefused: false, LoginType: Contracts.LoginType.Instagram };
                // A token that Meta refused is not asked about again; the next one has a date of its own.
                if (!mayCall) row.RefreshLater(null, now);
                else if (!(account.PausedUntil > now)) claimed.Add(account);
            }

            return claimed;
        },
        cancellationToken);

    private async Task RefreshAsync(SendingAccount account, CancellationToken cancellationToken)
    {
        var at = clock.GetUtcNow();
        var reply = await graph.AskAsync(
            account.AccountId,
            account.LoginType,
            account.ProtectedToken,
            (api, _, token, end) => api.RefreshTokenAsync(token, end),
            cancellationToken);
        if (CallLimit.Of(reply.Verdict, reply.Usage) is { } limit)
            await HoldBacks.ApplyAsync(unitOfWork, account.AccountId, account.ProtectedToken, limit, clock, cancellationToken);
        var given = reply.IsSuccess ? TokenBody.Of(reply.Body, at) : null;
        var (token, expiresAt) = (given?.Token, given?.ExpiresAt);
        var isDead = reply.Verdict is Verdict.Later { HoldBack: HoldBack.AccountUntilNewToken };
        var outcome = token is not null ? "refreshed" : isDead ? "token_invalid" : reply.Verdict is Verdict.Rejected ? "refused" : "failed";
        var jitter = Random.Shared.NextDouble();
        await unitOfWork.ExecuteAsync(
            async scope =>
            {
                var row = await scope.Db.Set<Checkup>().ForUpdate().SingleAsync(other => other.AccountId == account.AccountId);
                var current = await scope.Db.Accounts.AsNoTracking().SingleAsync(other => other.AccountId == account.AccountId);
                // Another token came meanwhile, with a date of its own.
                if (current.ProtectedToken != account.ProtectedToken) return;
                if (token is not null)
                {
                    var sealedToken = secrets.Protect(SecretPurpose.AccessToken, account.AccountId, token);
                    scope.Publish(new TokenRefreshed(account.AccountId, account.ProtectedToken!, sealedToken, expiresAt));
                    row.Refreshed(at, at + TimeSpan.FromDays(1 + jitter));
                }
                else
                {
                    // Trouble of Meta's or of the network is over within hours; a refusal may need somebody to do something.
                    var wait = reply.Verdict is Verdict.Rejected ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1);
                    row.RefreshLater(isDead ? null : at + (wait * (1 + (jitter / 2))), at);
                }
            },
            cancellationToken);
        Refreshes.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        if (token is not null) LogRefreshed(logger, account.AccountId, expiresAt);
        else LogNotRefreshed(logger, account.AccountId, outcome, reply.Status, reply.Error?.Code);
    }

    [LoggerMessage(
        EventName = "account.token_refreshed",
        Level = LogLevel.Information,
        Message = "The access token of {AccountId} was refreshed; the new one ends {ExpiresAt}")]
    private static partial void LogRefreshed(ILogger logger, AccountId accountId, DateTimeOffset? expiresAt);

    [LoggerMessage(
        EventName = "account.token_not_refreshed",
        Level = LogLevel.Warning,
        Message = "The access token of {AccountId} was not refreshed: {Outcome} (HTTP {Status}, Meta {Code})")]
    private static partial void LogNotRefreshed(ILogger logger, AccountId accountId, string outcome, int? status, int? code);
}
