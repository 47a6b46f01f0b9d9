using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// Claims sends: from the commit of a claim on, a crash leaves a row that says that Meta may have been called. Without it a restart could not
/// tell a send that was never made from one that was, and would have to lose the one or double the other.
/// </summary>
internal sealed class Claims(
    IDbContextFactory<SenderDbContext> factory, IUnitOfWork<SenderDbContext> unitOfWork, Pace pace, IOptions<SenderOptions> options, TimeProvider clock)
{
    /// <summary>For what lies between claim and call, and between call and record; a claim that is older makes no call.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private readonly string _process = $"{Environment.MachineName}/{Environment.ProcessId}";

    /// <summary>Claims what is due.</summary>
    /// <param name="most">At most so many.</param>
    /// <param name="inHand">Accounts with sends under way.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The claimed sends, and whether an account's pace held others back.</returns>
    public async Task<(List<ClaimedSend> Claimed, bool Paced)> ClaimAsync(
        int most, IReadOnlyCollection<AccountId> inHand, CancellationToken cancellationToken)
    {
        var (admitted, paced) = await AdmitAsync(most, inHand, cancellationToken);
        if (admitted.Count == 0) return ([], paced);
        return (await unitOfWork.ExecuteAsync(scope => ClaimAsync(scope, admitted), cancellationToken), paced);
    }

    /// <summary>
    /// Finds sends that are due and that their account's pace admits. An account that may send no more is left out of the next search, so
    /// that its backlog does not hide the sends of others.
    /// </summary>
    private async Task<(List<long> Admitted, bool Paced)> AdmitAsync(int most, IReadOnlyCollection<AccountId> inHand, CancellationToken cancellationToken)
    {
        var admitted = new List<long>();
        var (resting, restingHeavy) = (pace.Exhausted(heavy: false), pace.Exhausted(heavy: true));
        var paced = resting.Count + restingHeavy.Count > 0;
        var busy = new HashSet<AccountId>(inHand);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        while (true)
        {
            var room = most - admitted.Count;
            var found = await DueSends.Find(db.Ledger, db.Accounts, clock.GetUtcNow(), resting, restingHeavy)
                .Where(send => !admitted.Contains(send.Sequence))
                .Take(room)
                .ToListAsync(cancellationToken);
            var refused = false;
            foreach (var send in found)
            {
                if (send.Probe && busy.Contains(send.AccountId))
                {
                    resting.Add(send.AccountId);
                    refused = true;
                }
                else if (!pace.TryTake(send.AccountId, send.Heavy))
                {
                    (send.Heavy ? restingHeavy : resting).Add(send.AccountId);
                    refused = paced = true;
                }
                else
                {
                    admitted.Add(send.Sequence);
                    busy.Add(send.AccountId);
                }
            }

            if (!refused || found.Count < room) return (admitted, paced);
        }
    }

    private async Task<List<ClaimedSend>> ClaimAsync(WorkScope<SenderDbContext> scope, List<long> sequences)
    {
        var now = clock.GetUtcNow();
        var rows = await scope.Db.Ledger
            .Where(row => sequences.Contains(row.Sequence) && (row.State == LedgerState.Queued || row.State == LedgerState.Waiting))
            .OrderBy(row => row.Sequence)
            .ToListAsync();
        var accountIds = rows.Select(row => row.AccountId).Distinct().ToList();
        var accounts = await scope.Db.Accounts.AsNoTracking().Where(account => accountIds.Contains(account.AccountId)).ToDictionaryAsync(account => account.AccountId);
        var claimed = new List<ClaimedSend>(rows.Count);
        foreach (var row in rows)
        {
            row.Claim(_process, now + options.Value.CallTimeout + Margin);
            scope.Publish(new SendReported(row.MessageId, row.AccountId, row.Attempts, SendOutcome.Sending, null, null, now), row.TraceParent);
            claimed.Add(ClaimedSend.Of(row, accounts[row.AccountId]));
        }

        return claimed;
    }
}
