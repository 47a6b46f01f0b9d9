using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Sending;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.ReadBacks;

/// <summary>
/// Settles unknown sends whose echo has not come, by reading their conversations. It makes at most one call at a time for an account, and
/// one in each round, so Meta's two per second are kept; and no account waits for another's. One process at a time does so, by a lease; it
/// needs no fence, because a row's state and attempt are its concurrency tokens.
/// </summary>
internal sealed partial class ReadBackWorker(
    IDbContextFactory<SenderDbContext> factory,
    Leases<SenderDbContext> leases,
    LookForSends look,
    UnreadableRows unreadable,
    TimeProvider clock,
    ILogger<ReadBackWorker> logger) : Worker, IDisposable
{
    /// <summary>Accounts that are looked into at once.</summary>
    private const int MostAccounts = 32;

    /// <summary>How long an account whose look has failed here, not at Meta, is left alone.</summary>
    private static readonly TimeSpan FailedFor = TimeSpan.FromSeconds(5);

    private readonly BesideRounds<AccountId> _looks = new();

    public override string Name => "sender.read-backs";

    /// <summary>Meta allows two calls per second and account.</summary>
    public override TimeSpan Interval => TimeSpan.FromMilliseconds(500);

    public override ILease Lease { get; } = leases.Of("sender.read-backs");

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        var busy = _looks.Busy;
        if (busy.Count >= MostAccounts) return NextRound.WhenWoken;
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var due = db.Ledger.Where(row => row.State == LedgerState.Unknown && row.DueAt <= now);
        if (!await due.AnyAsync(cancellationToken)) return NextRound.WhenWoken;
        try
        {
            var accounts = await due.Where(row => !busy.Contains(row.AccountId)).Select(row => row.AccountId).Distinct().OrderBy(id => id)
                .Take(MostAccounts - busy.Count).ToListAsync(cancellationToken);
            foreach (var account in accounts) _looks.Start(account, stopped => LookAsync(account, stopped));
        }
        catch (Exception error) when (UnreadableRows.IsCause(error))
        {
            await SetAsideAsync(due, cancellationToken);
        }

        return NextRound.WhenWoken;
    }

    public override Task EndAsync(CancellationToken cancellationToken) => _looks.EndAsync(cancellationToken);

    public void Dispose() => _looks.Dispose();

    private async Task LookAsync(AccountId account, CancellationToken stopped)
    {
        try
        {
            await look.LookAsync(account, stopped);
        }
        catch (Exception error) when (error is not OperationCanceledException || !stopped.IsCancellationRequested)
        {
            // A database that is away says so itself, once, and not for each account.
            if (!DatabaseErrors.IsUnavailable(error)) LogFailed(logger, error, account);
            await RestAsync(account, error, stopped);
        }
    }

    private async Task RestAsync(AccountId account, Exception error, CancellationToken stopped)
    {
        try
        {
            if (UnreadableRows.IsCause(error))
            {
                await using var db = await factory.CreateDbContextAsync(stopped);
                var now = clock.GetUtcNow();
                var due = db.Ledger.Where(row => row.AccountId == account && row.State == LedgerState.Unknown && row.DueAt <= now);
                await SetAsideAsync(due, stopped);
            }
            else
            {
                await Task.Delay(FailedFor, clock, stopped);
            }
        }
        catch (Exception second) when (second is OperationCanceledException || DatabaseErrors.IsUnavailable(second))
        {
            // Another round tries again.
        }
    }

    private async Task SetAsideAsync(IQueryable<LedgerEntry> due, CancellationToken cancellationToken)
    {
        var rows = await due.Select(row => row.Sequence).OrderBy(sequence => sequence).Take(500).ToListAsync(cancellationToken);
        await unreadable.SetAsideAsync(rows, cancellationToken);
    }

    [LoggerMessage(
        EventName = "read_back.failed", Level = LogLevel.Error, Message = "A look for unknown sends of {AccountId} failed; it is repeated")]
    private static partial void LogFailed(ILogger logger, Exception error, AccountId accountId);
}
