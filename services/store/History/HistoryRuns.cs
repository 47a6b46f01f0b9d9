using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Store.History;

/// <summary>Begins imports and sweeps, each in the transaction of who asks for it.</summary>
internal sealed class HistoryRuns(IOptions<HistoryOptions> options, TimeProvider clock)
{
    /// <summary>A sweep looks so far back.</summary>
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Imports the history of an account that is linked now and was not, or whose import failed for want of a token.</summary>
    /// <param name="scope">The transaction, which links the account.</param>
    /// <param name="account">The account, linked.</param>
    /// <param name="wasLinked">Whether it was linked before.</param>
    public async Task BeginAsync(WorkScope<StoreDbContext> scope, Account account, bool wasLinked)
    {
        var history = await FindAsync(scope.Db, account.Id);
        if (wasLinked && history is null or { State: null or BackfillState.Running or BackfillState.Done }) return;
        var now = clock.GetUtcNow();
        history ??= Add(scope.Db, account.Id, now);
        if (!wasLinked) history.LinkedAt = now;
        Import(scope, account, history, since: null, now);
    }

    /// <summary>Imports again, and has the last day swept at once: what is missing of it is no history.</summary>
    public async Task<AccountHistory> BeginAgainAsync(WorkScope<StoreDbContext> scope, Account account, DateTimeOffset? since)
    {
        var now = clock.GetUtcNow();
        var history = await FindAsync(scope.Db, account.Id) ?? Add(scope.Db, account.Id, now);
        Import(scope, account, history, since, now);
        Sweep(scope, account, history, now);
        return history;
    }

    /// <summary>Begins a sweep: reads what was sent in the last day and since the account was linked.</summary>
    public void Sweep(WorkScope<StoreDbContext> scope, Account account, AccountHistory history, DateTimeOffset now)
    {
        (history.SweepRun, history.SweepFound, history.SweepMissing) = (++history.Run, 0, 0);
        history.SweepAt = NextSweep(now);
        var until = now - TimeSpan.FromSeconds(options.Value.SweepGraceSeconds);
        Read(scope, account, HistoryPurpose.Sweep, history.SweepRun, NewsSince(history, now), until);
    }

    /// <summary>
    /// When an account that has its turn now has the next one: about an interval later, so that those of one moment part.
    /// </summary>
    public DateTimeOffset NextSweep(DateTimeOffset now) => now + (Interval * (0.9 + (0.2 * Random.Shared.NextDouble())));

    /// <summary>
    /// Begins to keep what is known of an account. Its first sweep comes some time within the interval, so that all spread.
    /// </summary>
    public AccountHistory Add(StoreDbContext db, AccountId account, DateTimeOffset now)
    {
        var history = new AccountHistory
        {
            AccountId = account, LinkedAt = now, SweepAt = now + (Interval * Random.Shared.NextDouble()),
        };
        db.Add(history);
        return history;
    }

    private TimeSpan Interval => TimeSpan.FromMinutes(options.Value.SweepEveryMinutes);

    /// <summary>
    /// What is older is history, what is younger is a sweep's: the two never have the same message. In whole seconds, like Meta's times: a
    /// message of the second in which the account was linked counts as one that came after it.
    /// </summary>
    private static DateTimeOffset NewsSince(AccountHistory history, DateTimeOffset now)
    {
        var since = history.LinkedAt > now - Day ? history.LinkedAt : now - Day;
        return since.AddTicks(-(since.Ticks % TimeSpan.TicksPerSecond));
    }

    private static async Task<AccountHistory?> FindAsync(StoreDbContext db, AccountId account) =>
        await db.Set<AccountHistory>().ForUpdate().SingleOrDefaultAsync(row => row.AccountId == account);

    private static void Import(
        WorkScope<StoreDbContext> scope, Account account, AccountHistory history, DateTimeOffset? since, DateTimeOffset now)
    {
        (history.ImportRun, history.State, history.Found, history.Imported) = (++history.Run, BackfillState.Running, 0, 0);
        (history.StartedAt, history.FinishedAt, history.Error, history.ToldAt) = (now, null, null, null);
        Read(scope, account, HistoryPurpose.Import, history.ImportRun, since, NewsSince(history, now));
    }

    private static void Read(
        WorkScope<StoreDbContext> scope,
        Account account,
        HistoryPurpose purpose,
        long run,
        DateTimeOffset? since,
        DateTimeOffset until) =>
        scope.Publish(new ReadHistory(account.Id, purpose, run, since, until, [.. account.Ids.Distinct()], account.Username));
}
