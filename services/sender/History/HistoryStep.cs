using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Sending;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.History;

/// <summary>
/// One page of a run: claims it, calls Meta, and records what came, in the same transaction as where the next page begins. A process that
/// dies in between leaves a claim that ends, and the same page is read again: reading changes nothing at Meta, and who records the messages
/// knows each by its id.
/// </summary>
internal sealed partial class HistoryStep(
    IUnitOfWork<SenderDbContext> unitOfWork, GraphClient graph, TimeProvider clock, ILogger<HistoryStep> logger)
{
    private static readonly TimeSpan Gap = HistoryRun.Gap;

    /// <summary>Longer than a call may take, which is 10 s.</summary>
    private static readonly TimeSpan Claimed = TimeSpan.FromSeconds(20);

    /// <summary>How soon to look again for an account of which no news has come yet.</summary>
    private static readonly TimeSpan NewsComeWithin = TimeSpan.FromSeconds(1);

    /// <summary>How long the threads rest while Meta wants fewer calls: the sends have what is left.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    /// <summary>Calls in a row that fail before the run is given up: about ten minutes.</summary>
    private const int MostFailures = 8;

    public async Task TakeAsync(AccountId accountId, HistoryPurpose purpose, CancellationToken cancellationToken)
    {
        if (await unitOfWork.ExecuteAsync(scope => ClaimAsync(scope, accountId, purpose), cancellationToken) is not { } claim) return;
        var at = clock.GetUtcNow();
        var answer = await HistoryPage.ReadAsync(graph, claim.Account, claim.Run, cancellationToken);
        await unitOfWork.ExecuteAsync(scope => RecordAsync(scope, claim, answer, at), cancellationToken);
    }

    /// <summary>Claims the run; null when nothing is to be called.</summary>
    private async Task<Claim?> ClaimAsync(WorkScope<SenderDbContext> scope, AccountId accountId, HistoryPurpose purpose)
    {
        var now = clock.GetUtcNow();
        var runs = await scope.Db.Set<HistoryRun>().ForUpdate().Where(row => row.AccountId == accountId).ToListAsync();
        var run = runs.Find(row => row.Purpose == purpose);
        if (run is null || run.DueAt > now) return null;
        if (runs.Exists(row => row != run && row.ClaimedUntil > now))
        {
            run.PutOff(now + Gap);
            return null;
        }

        // Who waits to know whether a message was sent comes first, and a look for it is one of the two calls.
        if (await scope.Db.Ledger.AnyAsync(
            row => row.State == LedgerState.Unknown && row.DueAt <= now && row.AccountId == accountId))
        {
            run.PutOff(now + Gap);
            return null;
        }

        var account = await scope.Db.Accounts.AsNoTracking().SingleOrDefaultAsync(row => row.AccountId == accountId);
        switch (account)
        {
            case null:
                run.PutOff(now + NewsComeWithin);
                return null;
            case { Unlinked: true }:
                End(scope, run, "The account is not linked any more.", now);
                return null;
            case { TokenRefused: true } or { ProtectedToken: null }:
                End(scope, run, "Meta refused the access token: connect the account again.", now);
                return null;
            case { PausedUntil: { } until } when until > now:
                run.PutOff(until);
                return null;
        }

        run.Claim(now + Claimed);
        return new Claim(account, run);
    }

    private async Task RecordAsync(WorkScope<SenderDbContext> scope, Claim claim, HistoryPage answer, DateTimeOffset at)
    {
        var now = clock.GetUtcNow();
        var runs = await scope.Db.Set<HistoryRun>().ForUpdate().Where(row => row.AccountId == claim.Run.AccountId).ToListAsync();
        var run = runs.Find(row => row.Purpose == claim.Run.Purpose);
        // Another process has claimed it since, or another run has begun.
        if (run is null || run.Attempts != claim.Run.Attempts) return;
        run.Release();
        if (answer.Limit is { HoldBack: HoldBack.AccountUntilNewToken } refusal)
        {
            var account = await scope.Db.Accounts.ForUpdate().SingleAsync(row => row.AccountId == run.AccountId);
            await HoldBacks.ApplyAsync(scope.Db, account, claim.Account.ProtectedToken, refusal, Random.Shared.NextDouble(), now);
            End(scope, run, "Meta refused the access token: connect the account again.", now);
            return;
        }

        var next = at + (Gap * runs.Count);
        if (answer.Limit is { } limit) next = now + (limit.RegainAfter ?? Rest);
        if (answer.Page is { } page) Report(scope, claim, run, page, next, now);
        else if (answer.IsRefusedField) run.GoPlain(next);
        else if (answer.Limit is not null) run.PutOff(next);
        else if (run.Failures + 1 >= MostFailures) End(scope, run, answer.Fault!, now);
        else run.Fail(now + Wait(run.Failures));
        if (answer.Fault is { } fault) scope.AfterCommit(() => LogUnread(logger, run.AccountId, run.Purpose, run.Failures, fault));
    }

    private static void Report(
        WorkScope<SenderDbContext> scope, Claim claim, HistoryRun run, ThreadPage page, DateTimeOffset next, DateTimeOffset now)
    {
        var found = run.Found;
        foreach (var thread in page.Threads)
        {
            found += thread.Messages.Count;
            var form = WebhookForm.Of(claim.Account.InstagramAccountId, thread);
            scope.Publish(
                new HistoryRead(
                    run.AccountId,
                    run.Purpose,
                    run.Run,
                    found,
                    new HistoryThread(thread.ContactId, thread.Username, form),
                    Ended: false,
                    Error: null,
                    now),
                run.TraceParent);
        }

        if (page.After is not { } after)
        {
            scope.Publish(new HistoryRead(run.AccountId, run.Purpose, run.Run, found, null, true, null, now), run.TraceParent);
            scope.Db.Remove(run);
            return;
        }

        run.Advance(after, found, next);
    }

    private void End(WorkScope<SenderDbContext> scope, HistoryRun run, string error, DateTimeOffset now)
    {
        scope.Publish(new HistoryRead(run.AccountId, run.Purpose, run.Run, run.Found, null, true, error, now), run.TraceParent);
        scope.Db.Remove(run);
        scope.AfterCommit(() => LogGivenUp(logger, run.AccountId, run.Purpose, run.Found, error));
    }

    private static TimeSpan Wait(int failures)
    {
        var wait = TimeSpan.FromSeconds(2) * Math.Pow(2, failures);
        return wait * (0.8 + (0.4 * Random.Shared.NextDouble()));
    }

    [LoggerMessage(
        EventName = "history.unread",
        Level = LogLevel.Information,
        Message = "A page of the threads of {AccountId} ({Purpose}) was not read (failure {Failures}): {Fault}")]
    private static partial void LogUnread(ILogger logger, AccountId accountId, HistoryPurpose purpose, int failures, string fault);

    [LoggerMessage(
        EventName = "history.given_up",
        Level = LogLevel.Warning,
        Message = "Reading the threads of {AccountId} ({Purpose}) ended after {Found} messages: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, AccountId accountId, HistoryPurpose purpose, int found, string reason);

    /// <param name="Account">Who asks, as it was then.</param>
    /// <param name="Run">The run as it was claimed.</param>
    private sealed record Claim(SendingAccount Account, HistoryRun Run);
}
