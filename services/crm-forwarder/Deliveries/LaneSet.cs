using System.Diagnostics.CodeAnalysis;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>The lanes of all endpoints with something to do. They take turns, so that a busy one does not keep the others from the slots.</summary>
/// <param name="options">The bounds.</param>
internal sealed class LaneSet(DeliveryOptions options)
{
    private readonly Dictionary<string, Lane> _lanes = [];
    private readonly List<Lane> _turns = [];
    private int _turn;

    public int InFlight { get; private set; }

    public IEnumerable<Lane> WantingPage => _turns.Where(lane => lane.WantsPage);

    public Lane Of(string endpointId)
    {
        if (_lanes.TryGetValue(endpointId, out var lane)) return lane;
        lane = _lanes[endpointId] = new Lane(endpointId, options.MostPerEndpoint);
        _turns.Add(lane);
        return lane;
    }

    /// <summary>Takes the next delivery that may start, from the lane whose turn it is.</summary>
    public bool TryTake([NotNullWhen(true)] out Lane? lane, [NotNullWhen(true)] out DueDelivery? delivery)
    {
        for (var tried = 0; tried < _turns.Count && InFlight < options.Most; tried++)
        {
            _turn = (_turn + 1) % _turns.Count;
            lane = _turns[_turn];
            if (!lane.TryTake(out delivery)) continue;
            InFlight++;
            return true;
        }

        (lane, delivery) = (null, null);
        return false;
    }

    public void Finished(Lane lane, DueDelivery delivery, Verdict? verdict)
    {
        InFlight--;
        lane.Finished(delivery, verdict);
    }

    /// <summary>Forgets lanes without work, so that memory follows the endpoints that are busy and not those that ever were.</summary>
    public void Prune()
    {
        _turns.RemoveAll(lane => lane.IsIdle && _lanes.Remove(lane.EndpointId));
    }
}
