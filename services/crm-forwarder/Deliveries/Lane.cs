using System.Diagnostics.CodeAnalysis;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// One endpoint's deliveries in memory: a few read ahead, some in flight, some done and about to be recorded. Never two of one
/// conversation in flight, so that they start in order; one that waits for its retry holds up nothing.
/// </summary>
/// <param name="endpointId">The endpoint.</param>
/// <param name="most">Posts in flight, at most.</param>
internal sealed class Lane(string endpointId, int most)
{
    private const int LowWater = 64;
    private const int FirstLimit = 4;

    private readonly List<DueDelivery> _ahead = [];
    private readonly HashSet<ConversationId> _busy = [];

    /// <summary>Rows that a read must not bring again: they are pending until their result is recorded.</summary>
    private readonly HashSet<long> _known = [];

    /// <summary>Starts low and doubles with each success, so that many dead CRMs at once do not take all slots before they are known.</summary>
    private int _limit = Math.Min(most, FirstLimit);
    private int _inFlight;
    private bool _mayHaveMore;
    private bool _reading;
    private bool _stale;
    private long? _gone;

    public string EndpointId => endpointId;

    public DeliveryTarget? Target { get; private set; }

    public bool WantsPage => _mayHaveMore && !_reading && _gone is null && _ahead.Count < LowWater;

    public bool IsIdle => _known.Count == 0 && _inFlight == 0 && !_reading && !_mayHaveMore;

    /// <summary>There is something due.</summary>
    public void Hint() => _mayHaveMore = true;

    /// <summary>The endpoint changed: what was read ahead is read anew.</summary>
    public void Refresh()
    {
        DropAhead();
        _mayHaveMore = true;
        _stale = _reading;
    }

    /// <summary>A page is being read; gives the rows that it must leave out.</summary>
    public List<long> BeginRead()
    {
        _reading = true;
        _mayHaveMore = false;
        return [.. _known];
    }

    public void EndRead(LanePage page)
    {
        var discard = _stale || _gone is not null;
        (_reading, _stale) = (false, false);
        if (discard) return;
        Target = page.Target;
        if (Target is null) DropAhead();
        _mayHaveMore |= page.Full;
        _ahead.AddRange(page.Rows);
        _known.UnionWith(page.Rows.Select(row => row.Id));
    }

    public void ReadFailed() => (_reading, _stale) = (false, false);

    /// <summary>Takes the first delivery that may start now.</summary>
    public bool TryTake([NotNullWhen(true)] out DueDelivery? delivery)
    {
        delivery = null;
        if (_inFlight >= _limit) return false;
        var index = _ahead.FindIndex(row => row.Conversation is not { } conversation || !_busy.Contains(conversation));
        if (index < 0) return false;
        delivery = _ahead[index];
        _ahead.RemoveAt(index);
        _inFlight++;
        if (delivery.Conversation is { } taken) _busy.Add(taken);
        return true;
    }

    /// <summary>An attempt is over; null when it was cut off by the end of the process.</summary>
    public void Finished(DueDelivery delivery, Verdict? verdict)
    {
        _inFlight--;
        if (delivery.Conversation is { } conversation) _busy.Remove(conversation);
        // A CRM that hangs soon holds one slot instead of all of its own, which leaves them to others.
        if (verdict is Verdict.TimedOut) _limit = Math.Max(1, _limit / 2);
        else if (verdict is Verdict.Delivered) _limit = Math.Min(most, _limit * 2);
        else if (verdict is Verdict.Gone) Stop(delivery.Id);
    }

    /// <summary>A result is in the database, so that a read sees it.</summary>
    public void Recorded(long deliveryId)
    {
        _known.Remove(deliveryId);
        if (_gone == deliveryId) _gone = null;
    }

    /// <summary>Nothing more is posted; until the 410 is recorded (which can be sooner than this), a read would still find the endpoint active.</summary>
    private void Stop(long deliveryId)
    {
        Refresh();
        if (_known.Contains(deliveryId)) _gone = deliveryId;
    }

    private void DropAhead()
    {
        _known.ExceptWith(_ahead.Select(row => row.Id));
        _ahead.Clear();
    }
}
