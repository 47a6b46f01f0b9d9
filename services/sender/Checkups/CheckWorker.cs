using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Sending;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Checkups;

/// <summary>
/// Looks at each account once a day, when it was linked, and when somebody asks: claim (committed), calls, record. To look twice does no
/// harm, so a claim is over after ten minutes. An account that was unlinked is unsubscribed.
/// </summary>
internal sealed class CheckWorker(
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    AccountCheck check,
    CheckupSignal signal,
    TimeProvider clock) : Worker
{
    private const int AtOnce = 8;

    /// <summary>Ten thousand accounts take half an hour of a day, and the machine is the messages'.</summary>
    private static readonly TimeSpan Each = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Every = TimeSpan.FromHours(24);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(15);

    /// <summary>One call, which does no harm when it is made twice; an account's erasure waits for it.</summary>
    private static readonly TimeSpan FarewellClaimed = TimeSpan.FromSeconds(30);

    public override string Name => "sender.checkups";

    public override TimeSpan Interval => TimeSpan.FromSeconds(30);

    public override WakeSignal Signal => signal;

    /// <summary>Accounts that were linked before there were checks are looked at within the first day.</summary>
    public override Task BeginAsync(CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        async scope =>
        {
            // An id that is none must not keep the process from its start.
            var unknown = await scope.Db.ReadableAsync(scope.Db.Accounts
                .Where(account => !account.Unlinked && !scope.Db.Set<Checkup>().Any(row => row.AccountId == account.AccountId))
                .OrderBy(account => account.AccountId).Select(account => account.AccountId));
            var now = clock.GetUtcNow();
            foreach (var id in unknown)
            {
                var row = Checkup.Of(id);
                row.CheckLater(now + (Every * Random.Shared.NextDouble()));
                row.RefreshLater(Checkup.FirstRefresh(now, null, Random.Shared.NextDouble()) - Checkup.YoungestToRefresh, now);
                scope.Db.Add(row);
            }
        },
        cancellationToken);

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        var due = await FindAsync(cancellationToken);
        if (due.Count == 0) return NextRound.WhenWoken;
        var claimed = await ClaimAsync(due, cancellationToken);
        await Task.WhenAll(claimed.Select(one => LookAsync(one.Row, one.Account, cancellationToken)));
        return NextRound.Now.NotSoonerThan(Each * due.Count);
    }

    private async Task<IReadOnlyList<AccountId>> FindAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        // Whole rows, so that one that cannot be read is left out here and not in the way of what is claimed together with it.
        var due = await db.ReadableAsync(
            first => db.Set<Checkup>().AsNoTracking().Where(row => row.CheckDueAt <= now).OrderBy(row => row.CheckDueAt)
                .ThenBy(row => row.AccountId).Take(first),
            AtOnce,
            cancellationToken);
        return [.. due.Select(row => row.AccountId)];
    }

    private Task<List<(Checkup Row, SendingAccount Account)>> ClaimAsync(
        IReadOnlyList<AccountId> due, CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        async scope =>
        {
            var (now, ids) = (clock.GetUtcNow(), due.ToList());
            var rows = await scope.Db.Set<Checkup>().ForUpdate()
                .Where(row => ids.Contains(row.AccountId) && row.CheckDueAt <= now).ToListAsync();
            var known = scope.Db.Accounts.AsNoTracking().Where(row => ids.Contains(row.AccountId)).OrderBy(row => row.AccountId);
            var accounts = (await scope.Db.ReadableAsync(known)).ToDictionary(row => row.AccountId);
            // Also of an account that cannot be read: it comes again like a claim that nothing came of.
            foreach (var row in rows) row.ClaimCheck(now + (row.FarewellToken is null ? Checkup.Claimed : FarewellClaimed));
            return rows.Where(row => accounts.ContainsKey(row.AccountId)).Select(row => (row, accounts[row.AccountId])).ToList();
        },
        cancellationToken);

    private Task LookAsync(Checkup row, SendingAccount account, CancellationToken cancellationToken) => account switch
    {
        { Unlinked: true } => FarewellAsync(row, account, cancellationToken),
        // Until another token comes there is nothing to be seen.
        { TokenRefused: true } => WriteAsync(row, (kept, now) => kept.CheckLater(now + Every), cancellationToken),
        _ => CheckAsync(row, account, cancellationToken),
    };

    private async Task CheckAsync(Checkup row, SendingAccount account, CancellationToken cancellationToken)
    {
        var result = await check.RunAsync(account, cancellationToken);
        if (result.Limit is { } limit)
            await HoldBacks.ApplyAsync(unitOfWork, account.AccountId, account.ProtectedToken, limit, clock, cancellationToken);
        await WriteAsync(
            row,
            (kept, now) =>
            {
                // Between 22 and 24 h, so that accounts which were linked together spread.
                var next = now + Every - (TimeSpan.FromHours(2) * Random.Shared.NextDouble());
                if (result.IsAnswered)
                    kept.Checked(Joined(result.Fields), Joined(result.Missing), result.Finding, now, next);
                else kept.CheckLater(now + RetryAfter);
            },
            cancellationToken);
    }

    private async Task FarewellAsync(Checkup row, SendingAccount account, CancellationToken cancellationToken)
    {
        var isDone = row.FarewellToken is not { } token || await check.UnsubscribeAsync(account, token, cancellationToken);
        await unitOfWork.ExecuteAsync(
            async scope =>
            {
                var kept = await scope.Db.Set<Checkup>().ForUpdate().SingleAsync(other => other.AccountId == row.AccountId);
                var current = await scope.Db.Accounts.AsNoTracking().SingleAsync(other => other.AccountId == row.AccountId);
                var now = clock.GetUtcNow();
                // Linked again meanwhile: what was unsubscribed must be subscribed anew, also when that was looked at just before.
                if (!current.Unlinked) kept.CheckNow(now);
                else if (kept.FarewellToken == row.FarewellToken) kept.Farewell(isDone, now, now + FarewellWait(kept, now));
            },
            cancellationToken);
    }

    /// <summary>As long again as it has been tried: an erasure waits for it, and a token that is dead is tried for a day.</summary>
    private static TimeSpan FarewellWait(Checkup row, DateTimeOffset now)
    {
        var tried = now - (row.FarewellBy - Checkup.FarewellFor) ?? RetryAfter;
        return tried < FarewellClaimed ? FarewellClaimed : tried < RetryAfter ? tried : RetryAfter;
    }

    /// <summary>Records, unless another look was begun or asked for since.</summary>
    private Task WriteAsync(Checkup claimed, Action<Checkup, DateTimeOffset> write, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(
            async scope =>
            {
                var row = await scope.Db.Set<Checkup>().ForUpdate().SingleAsync(row => row.AccountId == claimed.AccountId);
                if (row.Claims == claimed.Claims) write(row, clock.GetUtcNow());
            },
            cancellationToken);

    private static string? Joined(IReadOnlyList<string>? names)
    {
        var text = names is null ? null : string.Join(',', names);
        return text?.Length > 500 ? text[..text.LastIndexOf(',', 500)] : text;
    }
}
