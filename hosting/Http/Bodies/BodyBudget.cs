using Microsoft.Extensions.Options;

namespace InstaMessenger.Hosting.Http.Bodies;

/// <summary>
/// Counts the bytes of request bodies that are held while their rest is awaited. A stranger who stops before the last byte costs as much
/// memory as the webhooks of a whole shop, so there is a limit for all bodies together and not only for each. One address may hold half of
/// it at most, so that no single client can keep Meta out.
/// </summary>
internal sealed class BodyBudget(IOptions<BodyOptions> options)
{
    private readonly long _most = options.Value.MostBytesInFlight;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _addresses = [];
    private long _taken;

    /// <summary>
    /// Takes bytes for an address. Returns false, and takes nothing, when the address or all together would hold too many.
    /// </summary>
    public bool TryTake(string address, long bytes)
    {
        lock (_gate)
        {
            var held = _addresses.GetValueOrDefault(address) + bytes;
            if (_taken + bytes > _most || held > _most / 2) return false;
            _addresses[address] = held;
            _taken += bytes;
            return true;
        }
    }

    public void GiveBack(string address, long bytes)
    {
        lock (_gate)
        {
            _taken -= bytes;
            if ((_addresses[address] -= bytes) == 0) _addresses.Remove(address);
        }
    }
}
