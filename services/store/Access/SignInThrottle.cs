using System.Security.Cryptography;
using System.Text;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary>
/// Slows down guessing. Per username and address 5 failures in 5 minutes, which stops one guesser without shutting out the owner elsewhere;
/// per address 50 in 5 minutes, whatever names they give; per username 100 in an hour (OWASP ASVS 2.2.1), which stops many addresses
/// together. An address from which the user has signed in before is spared the last two, so that strangers cannot lock them out. Counted in
/// the database: for all processes of the store together, and across restarts.
/// </summary>
internal sealed class SignInThrottle(IUnitOfWork<StoreDbContext> unitOfWork, TimeProvider clock)
{
    public const int MostPerPair = 5;
    public const int MostPerAddress = 50;
    public const int MostPerUser = 100;
    public static readonly TimeSpan AddressWindow = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan UserWindow = TimeSpan.FromHours(1);
    private static readonly TimeSpan PairKnownFor = TimeSpan.FromDays(30);

    /// <summary>
    /// Begins an attempt. It counts as failed until <see cref="SucceededAsync"/>; otherwise a hundred at once would all pass before the
    /// first has failed.
    /// </summary>
    /// <returns>Null to go on; otherwise how long to wait.</returns>
    public Task<TimeSpan?> BeginAsync(string username, string address, CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        async scope =>
        {
            var (keys, now) = (Keys.Of(username, address), clock.GetUtcNow());
            var known = await scope.Db.Set<SignInWindow>().AsNoTracking().AnyAsync(row => row.Id == keys.Known && row.EndsAt > now);
            // The address first, and alone: names that it invents while it must wait leave no rows.
            await SignInWindow.TouchAsync(scope.Db, keys.Address, now, AddressWindow);
            if (!known && await WaitAsync(scope.Db, keys.Address, MostPerAddress, now) is { } forAddress) return forAddress;
            await SignInWindow.TouchAsync(scope.Db, keys.Pair, now, AddressWindow);
            if (await WaitAsync(scope.Db, keys.Pair, MostPerPair, now) is { } forPair) return forPair;
            await SignInWindow.TouchAsync(scope.Db, keys.User, now, UserWindow);
            if (!known && await WaitAsync(scope.Db, keys.User, MostPerUser, now) is { } forUser) return forUser;
            await CountAsync(scope.Db, keys, 1);
            return (TimeSpan?)null;
        },
        cancellationToken);

    /// <summary>
    /// Notes that the attempt was right. The failures of other addresses and of other names stay counted: a guesser gains nothing when the
    /// owner signs in.
    /// </summary>
    public async Task SucceededAsync(StoreDbContext db, string username, string address)
    {
        var (keys, now) = (Keys.Of(username, address), clock.GetUtcNow());
        await CountAsync(db, keys, -1);
        await db.Set<SignInWindow>().Where(row => row.Id == keys.Pair || row.Id == keys.Known).ExecuteDeleteAsync();
        await SignInWindow.TouchAsync(db, keys.Known, now, PairKnownFor);
    }

    /// <summary>Withdraws an attempt that was not looked at, and so says nothing about guessing.</summary>
    public Task WithdrawAsync(string username, string address, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(scope => CountAsync(scope.Db, Keys.Of(username, address), -1), cancellationToken);

    private static async Task<TimeSpan?> WaitAsync(StoreDbContext db, string id, int most, DateTimeOffset now)
    {
        var window = await db.Set<SignInWindow>().AsNoTracking().SingleAsync(row => row.Id == id);
        return window.Attempts >= most ? window.EndsAt - now : null;
    }

    private static Task<int> CountAsync(StoreDbContext db, Keys keys, int change) => db.Set<SignInWindow>()
        .Where(row => (row.Id == keys.Address || row.Id == keys.Pair || row.Id == keys.User) && row.Attempts + change >= 0)
        .ExecuteUpdateAsync(set => set.SetProperty(row => row.Attempts, row => row.Attempts + change));

    /// <summary>The names under which an attempt is counted.</summary>
    private sealed record Keys(string Address, string Pair, string User, string Known)
    {
        public static Keys Of(string username, string address)
        {
            var user = Usernames.KeyOf(username);
            return new(Hash("address", "", address), Hash("pair", user, address), Hash("user", user, ""), Hash("known", user, address));
        }

        private static string Hash(string kind, string user, string address) =>
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{address}\n{user}")));
    }
}
