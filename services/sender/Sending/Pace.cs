using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Graph;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// A token bucket for each account, a smaller one for its audio and video, one for its private replies, and one for each thread: Meta's
/// limits per app and account. They are kept by each process for itself, and hold for all together, because an account's sends are claimed
/// by one process at a time.
/// </summary>
internal sealed class Pace(IOptions<SenderOptions> options, TimeProvider clock)
{
    /// <summary>Threads that are remembered before those at rest are forgotten.</summary>
    private const int MostThreads = 10_000;

    private readonly Dictionary<(AccountId Account, bool Heavy), Bucket> _accounts = [];
    private readonly Dictionary<(AccountId Account, InstagramUserId Contact), Bucket> _threads = [];
    private readonly Dictionary<AccountId, Bucket> _privateReplies = [];

    /// <summary>When private replies that had to wait have their turn, by their row.</summary>
    private readonly Dictionary<long, DateTimeOffset> _turns = [];
    private readonly Lock _lock = new();

    /// <summary>Whether the account may send one more now.</summary>
    public bool HasRoom(AccountId account, bool heavy)
    {
        lock (_lock) return BucketOf(account, heavy: false).Tokens >= 1 && (!heavy || BucketOf(account, heavy: true).Tokens >= 1);
    }

    /// <summary>Whether the contact may get one more now.</summary>
    public bool HasRoom(AccountId account, InstagramUserId contact)
    {
        lock (_lock) return !_threads.TryGetValue((account, contact), out var bucket) || Refill(bucket, ThreadRate).Tokens >= 1;
    }

    /// <summary>Counts a send.</summary>
    public void Take(AccountId account, InstagramUserId contact, bool heavy)
    {
        lock (_lock)
        {
            BucketOf(account, heavy: false).Tokens--;
            if (heavy) BucketOf(account, heavy: true).Tokens--;
            if (_threads.Count >= MostThreads) ForgetThreadsAtRest();
            if (!_threads.TryGetValue((account, contact), out var thread))
                _threads[(account, contact)] = thread = Full(SizeOf(ThreadRate));
            Refill(thread, ThreadRate).Tokens--;
        }
    }

    /// <summary>
    /// Counts a private reply, or gives it its turn behind those that wait already. Returns the moment of its turn (UTC), at which it is to
    /// be asked for again; null when it may go now.
    /// </summary>
    /// <param name="sequence">Its row.</param>
    public DateTimeOffset? PrivateReplyAt(AccountId account, long sequence)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            if (_turns.TryGetValue(sequence, out var turn))
            {
                if (turn > now) return turn;
                _turns.Remove(sequence);
                return null;
            }

            // What goes at once and what follows within the hour are the hour's together.
            double size = Math.Max(1, options.Value.PrivateRepliesPerHour / 15.0);
            var rate = (options.Value.PrivateRepliesPerHour - size) / TimeSpan.FromHours(1).TotalSeconds;
            if (!_privateReplies.TryGetValue(account, out var bucket)) _privateReplies[account] = bucket = Full(size);
            Refill(bucket, rate, size).Tokens--;
            if (bucket.Tokens >= 0) return null;
            return _turns[sequence] = now.AddMilliseconds(Math.Ceiling(-bucket.Tokens / rate * 1000));
        }
    }

    /// <summary>
    /// Takes note of how much of its limits an account has used: from 75 % on it sends the more slowly the more that is, down to a tenth.
    /// </summary>
    /// <param name="usage">What the answer to its last call says; null for nothing.</param>
    public void Note(AccountId account, UsageHeaders? usage)
    {
        if (usage is null) return;
        var share = (UsageHeaders.StopAt - usage.Percent) / (UsageHeaders.StopAt - UsageHeaders.SlowFrom);
        lock (_lock) BucketOf(account, heavy: false).Share = Math.Clamp(share, 0.1, 1);
    }

    /// <summary>Accounts that may send nothing now, or nothing heavy.</summary>
    public List<AccountId> Exhausted(bool heavy)
    {
        lock (_lock)
        {
            var accounts = _accounts.Keys.Where(key => key.Heavy == heavy).Select(key => key.Account).ToList();
            return accounts.FindAll(account => BucketOf(account, heavy).Tokens < 1);
        }
    }

    private double ThreadRate => options.Value.SendsPerThreadPerSecond;

    private Bucket BucketOf(AccountId account, bool heavy)
    {
        double rate = heavy ? options.Value.AudioVideoPerSecond : options.Value.SendsPerSecond;
        if (!_accounts.TryGetValue((account, heavy), out var bucket)) _accounts[(account, heavy)] = bucket = Full(SizeOf(rate));
        return Refill(bucket, rate * bucket.Share);
    }

    private Bucket Full(double size) => new() { Tokens = size, At = clock.GetTimestamp() };

    private Bucket Refill(Bucket bucket, double rate) => Refill(bucket, rate, SizeOf(rate));

    private Bucket Refill(Bucket bucket, double rate, double size)
    {
        var now = clock.GetTimestamp();
        bucket.Tokens = Math.Min(size, bucket.Tokens + (clock.GetElapsedTime(bucket.At, now).TotalSeconds * rate));
        bucket.At = now;
        return bucket;
    }

    /// <summary>
    /// A tenth of a second's worth may go at once: more would break Meta's second, less would cost a wake-up for each send.
    /// </summary>
    private static double SizeOf(double rate) => Math.Max(1, rate / 10);

    private void ForgetThreadsAtRest()
    {
        foreach (var (key, bucket) in _threads)
        {
            if (Refill(bucket, ThreadRate).Tokens >= SizeOf(ThreadRate)) _threads.Remove(key);
        }
    }

    private sealed class Bucket
    {
        public double Tokens { get; set; }

        public long At { get; set; }

        /// <summary>How much of the rate there is: 0.1 to 1.</summary>
        public double Share { get; set; } = 1;
    }
}
