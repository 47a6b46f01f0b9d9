using InstaMessenger.Contracts.Ids;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// A token bucket for each account, and a smaller one for its audio and video: Meta's limits per app and account. They are kept by each
/// process for itself, and hold for all together, because an account's sends are claimed by one process at a time.
/// </summary>
internal sealed class Pace(IOptions<SenderOptions> options, TimeProvider clock)
{
    private readonly Dictionary<(AccountId Account, bool Heavy), Bucket> _buckets = [];
    private readonly Lock _lock = new();

    /// <summary>Whether one more send may go now.</summary>
    public bool HasRoom(AccountId account, bool heavy)
    {
        lock (_lock) return BucketOf(account, heavy: false).Tokens >= 1 && (!heavy || BucketOf(account, heavy: true).Tokens >= 1);
    }

    /// <summary>Counts a send.</summary>
    public void Take(AccountId account, bool heavy)
    {
        lock (_lock)
        {
            BucketOf(account, heavy: false).Tokens--;
            if (heavy) BucketOf(account, heavy: true).Tokens--;
        }
    }

    /// <summary>Accounts that may send nothing now, or nothing heavy.</summary>
    public List<AccountId> Exhausted(bool heavy)
    {
        lock (_lock)
        {
            var accounts = _buckets.Keys.Where(key => key.Heavy == heavy).Select(key => key.Account).ToList();
            return accounts.FindAll(account => BucketOf(account, heavy).Tokens < 1);
        }
    }

    private Bucket BucketOf(AccountId account, bool heavy)
    {
        var rate = heavy ? options.Value.AudioVideoPerSecond : options.Value.SendsPerSecond;
        // A tenth of a second's worth may go at once: more would break Meta's second, less would cost a wake-up for each send.
        var size = Math.Max(1, rate / 10d);
        var now = clock.GetTimestamp();
        if (!_buckets.TryGetValue((account, heavy), out var bucket))
            _buckets[(account, heavy)] = bucket = new Bucket { Tokens = size, At = now };
        bucket.Tokens = Math.Min(size, bucket.Tokens + (clock.GetElapsedTime(bucket.At, now).TotalSeconds * rate));
        bucket.At = now;
        return bucket;
    }

    private sealed class Bucket
    {
        public double Tokens { get; set; }

        public long At { get; set; }
    }
}
