using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// Claims sends. From the commit of a claim on the send is this process's alone, until the claim's time is over. The rows of an account are
/// claimed by one process at a time, its owner: so one process keeps the account's pace and the order of its threads.
/// </summary>
internal sealed class Claims(
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    UnreadableRows unreadable,
    Pace pace,
    IOptions<SenderOptions> options,
    TimeProvider clock)
{
    /// <summary>
    /// An account is another's once its owner has claimed nothing of it for so long; also how long a dead owner holds it up.
    /// </summary>
    private static readonly TimeSpan Ownership = TimeSpan.FromSeconds(5);

    /// <summary>The time for what lies between claim and call, and between call and record; a claim that is older makes no call.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    /// <summary>What a look for an unknown send may take beyond its time before those behind it go on.</summary>
    private static readonly TimeSpan TimeForLook = TimeSpan.FromSeconds(5);

    /// <summary>Names this run of this process: one that is started again has the same machine name and often the same number.</summary>
    private readonly string _process = $"{Short(Environment.MachineName)}/{Environment.ProcessId}/"
        + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4));

    private int _rounds;

    /// <summary>Claims what is due.</summary>
    /// <param name="slots">The calls that may be made; those that are claimed are taken.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The claimed sends, and whether an account's pace held others back.</returns>
    public async Task<(List<ClaimedSend> Claimed, bool Paced)> ClaimAsync(CallSlots.Round slots, CancellationToken cancellationToken)
    {
        var (admitted, paced) = await AdmitAsync(slots, cancellationToken);
        if (admitted.Count == 0) return ([], paced);
        var claim = $"{_process}/{++_rounds}";
        try
        {
            return (await unitOfWork.ExecuteAsync(scope => ClaimAsync(scope, admitted, claim), cancellationToken), paced);
        }
        catch (Exception error) when (UnreadableRows.IsCause(error))
        {
            await unreadable.SetAsideAsync(admitted, cancellationToken);
            return ([], paced);
        }
    }

    /// <summary>
    /// Lets go of claims that no call was made for and that are not in hand. Otherwise a claim whose commit held although its answer was
    /// lost would wait until its time is over.
    /// </summary>
    /// <param name="inHand">The rows that are in hand.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public Task ReleaseAsync(List<long> inHand, CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        async scope =>
        {
            var lost = await scope.Db.Ledger
                .Where(row => row.State == LedgerState.Claimed && row.CalledAt == null
                    && row.ClaimedBy!.StartsWith(_process) && !inHand.Contains(row.Sequence))
                .ToListAsync();
            foreach (var row in lost) row.Release();
        },
        cancellationToken);

    /// <summary>Forgets earlier owners: on SQLite the process owns the file, so all of them are dead.</summary>
    public Task ForgetOwnersAsync(CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        scope => scope.Db.Accounts.Where(account => account.Owner != null)
            .ExecuteUpdateAsync(set => set.SetProperty(account => account.Owner, (string?)null)),
        cancellationToken);

    /// <summary>Gives the accounts up at once, for whoever comes next.</summary>
    public Task DisownAsync(CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        scope => scope.Db.Accounts.Where(account => account.Owner == _process)
            .ExecuteUpdateAsync(set => set.SetProperty(account => account.Owner, (string?)null)),
        cancellationToken);

    /// <summary>
    /// Finds sends that are due and that their account's pace admits. An account that may send no more is left out of the next search, so
    /// that its backlog does not hide the sends of others.
    /// </summary>
    private async Task<(List<long> Admitted, bool Paced)> AdmitAsync(CallSlots.Round slots, CancellationToken cancellationToken)
    {
        var admitted = new List<long>();
        // The first of a thread that gets no more now; each thread has one that may go.
        var passedOver = new List<long>();
        var (resting, restingHeavy) = (pace.Exhausted(heavy: false), pace.Exhausted(heavy: true));
        var paced = resting.Count + restingHeavy.Count > 0;
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        while (slots.Left is > 0 and var room)
        {
            var now = clock.GetUtcNow();
            var due = DueSends
                .Find(db.Ledger, db.Accounts, now, resting, restingHeavy, now - options.Value.ReadBackAfter - TimeForLook, _process)
                .Where(send => !admitted.Contains(send.Sequence) && !passedOver.Contains(send.Sequence))
                .Take(room);
            if (await ReadAsync(due, cancellationToken) is not { } found) continue;
            var refused = false;
            foreach (var send in found)
            {
                if (!pace.HasRoom(send.AccountId, send.RecipientId))
                {
                    passedOver.Add(send.Sequence);
                    (refused, paced) = (true, true);
                }
                else if ((send.Probe && slots.Holds(send.AccountId)) || !pace.HasRoom(send.AccountId, send.Heavy)
                    || !slots.TryTake(send.AccountId))
                {
                    var byPace = !pace.HasRoom(send.AccountId, send.Heavy);
                    (byPace && send.Heavy ? restingHeavy : resting).Add(send.AccountId);
                    refused = true;
                    paced |= byPace;
                }
                else
                {
                    pace.Take(send.AccountId, send.RecipientId, send.Heavy);
                    admitted.Add(send.Sequence);
                }
            }

            if (!refused || found.Count < room) break;
        }

        return (admitted, paced);
    }

    /// <summary>Reads what was found; null after a row whose contact cannot be read was set aside, so that it holds up no other.</summary>
    private async Task<List<DueSends.Candidate>?> ReadAsync(IQueryable<DueSends.Candidate> due, CancellationToken cancellationToken)
    {
        try
        {
            return await due.ToListAsync(cancellationToken);
        }
        catch (Exception error) when (UnreadableRows.IsCause(error))
        {
            await unreadable.SetAsideAsync(await due.Select(send => send.Sequence).ToListAsync(cancellationToken), cancellationToken);
            return null;
        }
    }

    private async Task<List<ClaimedSend>> ClaimAsync(WorkScope<SenderDbContext> scope, List<long> sequences, string claim)
    {
        var now = clock.GetUtcNow();
        var rows = await scope.Db.Ledger
            .Where(row => sequences.Contains(row.Sequence) && (row.State == LedgerState.Queued || row.State == LedgerState.Waiting
                // Claimed by this very round: it runs again, because the answer to its commit was lost or another unit was in its way.
                || (row.State == LedgerState.Claimed && row.ClaimedBy == claim)))
            .OrderBy(row => row.Sequence)
            .ToListAsync();
        var accounts = await OwnAsync(scope.Db, [.. rows.Select(row => row.AccountId).Distinct()], now);
        var claimed = new List<ClaimedSend>(rows.Count);
        foreach (var row in rows)
        {
            if (!accounts.TryGetValue(row.AccountId, out var account)) continue;
            if (row.State != LedgerState.Claimed && row.Content?.CommentId is not null
                && pace.PrivateReplyAt(row.AccountId, row.Sequence) is { } turn)
            {
                PutOff(scope, row, turn, now);
                continue;
            }

            if (row.State != LedgerState.Claimed) row.Claim(claim, now + options.Value.CallTimeout + Margin);
            claimed.Add(ClaimedSend.Of(row, account));
        }

        return claimed;
    }

    private void PutOff(WorkScope<SenderDbContext> scope, LedgerEntry row, DateTimeOffset turn, DateTimeOffset now)
    {
        row.PutOff(turn);
        var why = new SendError(
            "private_replies_paced",
            $"Meta takes {options.Value.PrivateRepliesPerHour} private replies of an account in an hour; this one waits for its turn.",
            true,
            turn);
        scope.Publish(row.Report(SendOutcome.Later, why, now), row.TraceParent);
    }

    /// <summary>
    /// Takes the accounts, or stays their owner, and returns those that are ours. The update locks their rows, so that two processes take
    /// turns.
    /// </summary>
    private async Task<Dictionary<AccountId, SendingAccount>> OwnAsync(SenderDbContext db, List<AccountId> ids, DateTimeOffset now)
    {
        await db.Accounts
            .Where(account => ids.Contains(account.AccountId)
                && (account.Owner == null || account.Owner == _process || account.OwnedUntil <= now))
            .ExecuteUpdateAsync(
                set => set.SetProperty(account => account.Owner, _process).SetProperty(account => account.OwnedUntil, now + Ownership));
        var ours = db.Accounts.AsNoTracking().Where(account => ids.Contains(account.AccountId) && account.Owner == _process)
            .OrderBy(account => account.AccountId);
        // One that cannot be read holds up its own sends alone.
        return (await db.ReadableAsync(ours)).ToDictionary(account => account.AccountId);
    }

    private static string Short(string name) => name.Length <= 40 ? name : name[..40];
}
