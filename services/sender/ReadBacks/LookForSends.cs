using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.History;
using InstaMessenger.Sender.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.ReadBacks;

/// <summary>One look: reads the conversation of an account's longest due unknown send, and settles all unknown sends in it.</summary>
internal sealed class LookForSends(
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    GraphClient graph,
    SendSignal signal,
    IOptions<SenderOptions> options,
    TimeProvider clock,
    ILogger<LookForSends> logger)
{
    /// <summary>How soon to look again for an account whose token was refused: nobody knows when another one comes.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    /// <summary>Looks for what is due.</summary>
    /// <param name="cancellationToken">Ends the look; nothing is settled then.</param>
    public async Task LookAsync(AccountId accountId, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var first = await db.Ledger.AsNoTracking()
            .Where(row => row.AccountId == accountId && row.State == LedgerState.Unknown && row.DueAt <= now)
            .OrderBy(row => row.DueAt).ThenBy(row => row.Sequence)
            .FirstOrDefaultAsync(cancellationToken);
        if (first is null) return;
        // The threads of the account are being read: nothing more is, while a look is due, and a call that was just made counts too.
        if (await db.Set<HistoryRun>().AnyAsync(row => row.AccountId == accountId, cancellationToken))
            await Task.Delay(HistoryRun.Gap, clock, cancellationToken);
        var account = await db.Accounts.AsNoTracking().SingleOrDefaultAsync(row => row.AccountId == accountId, cancellationToken);
        var answer = account switch
        {
            null or { Unlinked: true } => new ThreadAnswer(null, "the account is not linked any more"),
            { TokenRefused: true } => new ThreadAnswer(null, "Meta refused the access token", RestFor: Rest),
            { PausedUntil: { } until } when until > now => new ThreadAnswer(null, "Meta limits the account's calls", RestFor: until - now),
            _ => await graph.ReadThreadAsync(
                accountId, account.LoginType, account.ProtectedToken, first.RecipientId, cancellationToken),
        };
        await unitOfWork.ExecuteAsync(
            async scope =>
            {
                await HistoryRun.YieldAsync(scope.Db, accountId, clock.GetUtcNow());
                await SettleAsync(scope, first, account?.ProtectedToken, answer, now);
            },
            cancellationToken);
    }

    private async Task SettleAsync(
        WorkScope<SenderDbContext> scope, LedgerEntry first, string? usedToken, ThreadAnswer answer, DateTimeOffset lookedAt)
    {
        var restUntil = await RestUntilAsync(scope.Db, first.AccountId, usedToken, answer, lookedAt);
        var lane = scope.Db.Ledger.Where(row => row.AccountId == first.AccountId && row.RecipientId == first.RecipientId);
        var rows = await lane.Where(row => row.State == LedgerState.Unknown || (row.State == LedgerState.Claimed && row.CalledAt != null))
            .OrderBy(row => row.CalledAt).ThenBy(row => row.Sequence).ToListAsync();
        var findings = answer.View is { } view
            ? ThreadMatch.Of(rows.Select(Describe), view, await TakenAsync(lane, view))
            : [];
        foreach (var row in rows.Where(row => row.State == LedgerState.Unknown))
        {
            var isDue = row.DueAt <= lookedAt;
            var decision = new Decision(row, options.Value, lookedAt, clock.GetUtcNow());
            switch (findings.GetValueOrDefault(row.Sequence))
            {
                case Finding.Found found: Report(scope, row, decision.Found(found)); break;
                case Finding.Absent when isDue: Report(scope, row, decision.Absent()); break;
                case Finding.Unprovable when isDue: Report(scope, row, decision.Unprovable()); break;
                case Finding.Busy when isDue: decision.Busy(); break;
                case null when isDue: Report(scope, row, decision.Unread(answer.Fault, restUntil)); break;
            }
        }

        if (answer.Fault is { } fault) scope.AfterCommit(() => logger.Unread(first.AccountId, rows.Count, fault));
        if (restUntil is { } until) await RestAsync(scope.Db, first.AccountId, lookedAt, until);
        scope.AfterCommit(signal.Wake);
    }

    /// <summary>Until when no conversation of the account is read; what Meta said of it also holds back the account's sends.</summary>
    private static async Task<DateTimeOffset?> RestUntilAsync(
        SenderDbContext db, AccountId accountId, string? usedToken, ThreadAnswer answer, DateTimeOffset now)
    {
        if (answer.Limit is not { } limit) return now + answer.RestFor;
        var account = await db.Accounts.ForUpdate().SingleAsync(row => row.AccountId == accountId);
        return await HoldBacks.ApplyAsync(db, account, usedToken, limit, Random.Shared.NextDouble(), now) ?? now + Rest;
    }

    private void Report(WorkScope<SenderDbContext> scope, LedgerEntry row, SendReported? report)
    {
        if (report is null) return;
        scope.Publish(report, row.TraceParent);
        scope.AfterCommit(() => logger.Settled(row.MessageId, row.AccountId, row.Attempts, report.Outcome, report.Error?.Code));
    }

    private static Missing Describe(LedgerEntry row) =>
        new(row.Sequence, row.CalledAt ?? row.AcceptedAt, row.Content?.Likeness, InHand: row.State == LedgerState.Claimed);

    private static async Task<HashSet<InstagramMessageId>> TakenAsync(IQueryable<LedgerEntry> lane, ThreadView view)
    {
        var mids = view.Messages.Select(message => (InstagramMessageId?)message.Id).ToList();
        var taken = lane.Where(row => mids.Contains(row.InstagramMessageId)).Select(row => row.InstagramMessageId!.Value);
        return [.. await taken.ToListAsync()];
    }

    /// <summary>Meta wants no calls for a while: none of the account's other conversations is read until then.</summary>
    private static Task<int> RestAsync(SenderDbContext db, AccountId account, DateTimeOffset now, DateTimeOffset until) => db.Ledger
        .Where(row => row.AccountId == account && row.State == LedgerState.Unknown && row.DueAt <= now && !row.InDoubt)
        .ExecuteUpdateAsync(set => set.SetProperty(row => row.DueAt, until));
}
