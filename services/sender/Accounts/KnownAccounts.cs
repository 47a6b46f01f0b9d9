using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Accounts;

/// <summary>
/// Finds accounts for those who may see them. That one was linked takes a moment to come here over the bus, and whoever links an account
/// and goes on at once was told that there is none: they wait for the news.
/// </summary>
internal sealed class KnownAccounts(IDbContextFactory<SenderDbContext> factory)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>Finds an account that is linked and that the caller may see. Takes up to 3 s when no news of it has come.</summary>
    public async Task<SendingAccount?> FindAsync(Caller caller, AccountId id, CancellationToken cancellationToken)
    {
        if (!caller.CanSee(id)) return null;
        // Real time, whatever the clock, because news travel in it.
        for (var began = TimeProvider.System.GetTimestamp(); ;)
        {
            await using (var db = await factory.CreateDbContextAsync(cancellationToken))
            {
                var account = await db.Accounts.AsNoTracking().SingleOrDefaultAsync(row => row.AccountId == id, cancellationToken);
                if (account is not null) return account.Unlinked ? null : account;
            }

            if (TimeProvider.System.GetElapsedTime(began) > Patience) return null;
            await Task.Delay(LookEvery, TimeProvider.System, cancellationToken);
        }
    }
}
