namespace InstaMessenger.Store.Access;

/// <summary>
/// Slows down guessing. Per username and address 5 failures in 5 minutes, which stops one guesser without shutting out the owner elsewhere;
/// per username 100 in an hour (OWASP ASVS 2.2.1), which stops many addresses together. An address from which the user has signed in
/// before is spared the second limit, so that strangers cannot lock him out. Known to this process alone, forgotten at a restart.
/// </summary>
internal sealed class SignInThrottle(TimeProvider clock)
{
    public const int MostPerAddress = 5;
    public const int MostPerUser = 100;
    public static readonly TimeSpan AddressWindow = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan UserWindow = TimeSpan.FromHours(1);
    private static readonly TimeSpan AddressKnownFor = TimeSpan.FromDays(30);

    private readonly Lock _lock = new();
    private readonly BoundedWindows _perAddress = new(AddressWindow);
    private readonly BoundedWindows _perUser = new(UserWindow);
    private readonly BoundedWindows _known = new(AddressKnownFor);

    /// <summary>
    /// Begins an attempt. It counts as failed until it <see cref="Succeeded"/>: else a hundred at once would all pass before the first has failed.
    /// </summary>
    /// <returns>Null to go on; otherwise how long to wait.</returns>
    public TimeSpan? Begin(string username, string address)
    {
        var (user, pair) = KeysOf(username, address);
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            var here = _perAddress.Of(pair, now);
            if (here.Count >= MostPerAddress) return here.End - now;
            var everywhere = _perUser.Of(user, now);
            if (everywhere.Count >= MostPerUser && _known.Of(pair, now).Count == 0) return everywhere.End - now;
            _perAddress.Add(pair, 1, now);
            _perUser.Add(user, 1, now);
            return null;
        }
    }

    /// <summary>The attempt was right. The failures of other addresses stay counted: a guesser gains nothing by the owner's signing in.</summary>
    public void Succeeded(string username, string address)
    {
        var (user, pair) = KeysOf(username, address);
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            _perAddress.Forget(pair);
            _perUser.Add(user, -1, now);
            _known.Forget(pair);
            _known.Add(pair, 1, now);
        }
    }

    /// <summary>The attempt was not looked at, so it says nothing about guessing.</summary>
    public void Withdraw(string username, string address)
    {
        var (user, pair) = KeysOf(username, address);
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            _perAddress.Add(pair, -1, now);
            _perUser.Add(user, -1, now);
        }
    }

    private static (string User, string Pair) KeysOf(string username, string address)
    {
        // No user has a longer name; a longer one is kept short in memory.
        var user = Usernames.KeyOf(username.Length > Usernames.Longest ? username[..(Usernames.Longest + 1)] : username);
        return (user, user + '\n' + address);
    }
}
