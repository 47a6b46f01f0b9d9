using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Hosting.Http.Bodies;

/// <summary>
/// The bytes of request bodies that are held while the rest is awaited. What bounds them is the process's memory, not how many clients there are: a
/// stranger who stops before the last byte costs as much as the webhooks of a whole shop. Half is the most for one address, so that nobody alone
/// shuts the door for Meta.
/// </summary>
internal sealed class BodyBudget(IOptions<BodyOptions> options)
{
    private readonly long _most = options.Value.MostBytesInFlight;
    private readonly ConcurrentDictionary<string, long> _addresses = new();
    private long _taken;

    /// <summary>Bytes held now.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Takes bytes for an address; false, and nothing is taken, when it would have too many, or all together would.</summary>
    public bool TryTake(string address, long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) > _most || _addresses.AddOrUpdate(address, bytes, (_, held) => held + bytes) > _most / 2)
        {
            Interlocked.Add(ref _taken, -bytes);
            return false;
        }

        return true;
    }
}
