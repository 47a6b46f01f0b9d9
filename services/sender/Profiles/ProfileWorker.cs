using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Profiles;

/// <summary>
/// Asks Meta who customers are: claim (committed), call, report. Few at a time and few of each account, so that no account waits for
/// another one's thousands, and none while an account's sends are held back. To ask twice does no harm, so a claim is over after a minute,
/// and only the last one is recorded.
/// </summary>
internal sealed class ProfileWorker(
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    GraphClient graph,
    ProfileSignal signal,
    TimeProvider clock) : Worker
{
    private const int MostAccounts = 8;
    private const int MostOfAccount = 2;

    /// <summary>Longer than a call may take.</summary>
    private static readonly TimeSpan Claimed = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(5);

    public override string Name => "sender.profile-lookups";

    public override TimeSpan Interval => TimeSpan.FromSeconds(5);

    public override WakeSignal Signal => signal;

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        var claimed = await ClaimAsync(await FindAsync(cancellationToken), cancellationToken);
        await Task.WhenAll(claimed.Select(lookup => LookUpAsync(lookup, cancellationToken)));
        return claimed.Count > 0 ? NextRound.Now : NextRound.WhenWoken;
    }

    /// <summary>Finds what is due: of each of a few accounts a few.</summary>
    private async Task<List<(AccountId Account, InstagramUserId Contact)>> FindAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var due = db.Set<ProfileLookup>().Where(row => row.DueAt <= now);
        var accounts = await db.ReadableAsync(
            first => due.GroupBy(row => row.AccountId).Select(rows => new { rows.Key, DueAt = rows.Min(row => row.DueAt) })
                .OrderBy(account => account.DueAt).Select(account => account.Key).Take(first),
            MostAccounts,
            cancellationToken);
        var found = new List<(AccountId, InstagramUserId)>();
        foreach (var account in accounts)
        {
            var contacts = await db.ReadableAsync(
                first => due.Where(row => row.AccountId == account).OrderBy(row => row.DueAt).ThenBy(row => row.ContactId)
                    .Select(row => row.ContactId).Take(first),
                MostOfAccount,
                cancellationToken);
            found.AddRange(contacts.Select(contact => (account, contact)));
        }

        return found;
    }

    private async Task<IReadOnlyList<Lookup>> ClaimAsync(
        List<(AccountId Account, InstagramUserId Contact)> found, CancellationToken cancellationToken)
    {
        if (found.Count == 0) return [];
        var (accountIds, contactIds) = (found.Select(row => row.Account).Distinct().ToList(), found.ConvertAll(row => row.Contact));
        return await unitOfWork.ExecuteAsync(
            async scope =>
            {
                var now = clock.GetUtcNow();
                var rows = await scope.Db.Set<ProfileLookup>().ForUpdate()
                    .Where(row => accountIds.Contains(row.AccountId) && contactIds.Contains(row.ContactId) && row.DueAt <= now)
                    .ToListAsync();
                var accounts = await scope.Db.Accounts.AsNoTracking().Where(row => accountIds.Contains(row.AccountId))
                    .ToDictionaryAsync(row => row.AccountId);
                var claimed = new List<Lookup>();
                foreach (var row in rows.Where(row => found.Contains((row.AccountId, row.ContactId))))
                {
                    var account = accounts.GetValueOrDefault(row.AccountId);
                    var isHeldBack = account is null || account.TokenRefused || account.PausedUntil > now;
                    row.Claim(now + (isHeldBack ? RetryAfter : Claimed));
                    // Not before its account is known and may call; and not for ever.
                    if (!isHeldBack || row.IsSpent) claimed.Add(new Lookup(row, isHeldBack || account!.Unlinked ? null : account));
                }

                return claimed;
            },
            cancellationToken);
    }

    private async Task LookUpAsync(Lookup lookup, CancellationToken cancellationToken)
    {
        var (row, account) = lookup;
        var at = clock.GetUtcNow();
        var answer = account is null
            ? ProfileAnswer.Failed
            : await graph.ReadProfileAsync(row.AccountId, account.LoginType, account.ProtectedToken, row.ContactId, cancellationToken);
        await unitOfWork.ExecuteAsync(
            async scope =>
            {
                var kept = await scope.Db.Set<ProfileLookup>().ForUpdate()
                    .SingleOrDefaultAsync(other => other.AccountId == row.AccountId && other.ContactId == row.ContactId);
                // Another process has claimed it since, and reports.
                if (kept is null || kept.Attempts != row.Attempts) return;
                if (answer.Outcome == ProfileOutcome.Failed && account is not null && !kept.IsSpent)
                {
                    kept.DueAt = at + (answer.RetryAfter ?? RetryAfter);
                    return;
                }

                scope.Db.Remove(kept);
                scope.Publish(
                    new ProfileReported(
                        row.AccountId, row.ContactId, answer.Outcome, answer.Username, answer.Name, answer.PictureUrl, at),
                    row.TraceParent);
            },
            cancellationToken);
    }

    /// <param name="Row">The row as it was claimed.</param>
    /// <param name="Account">Who asks; null when nobody can.</param>
    private sealed record Lookup(ProfileLookup Row, SendingAccount? Account);
}
