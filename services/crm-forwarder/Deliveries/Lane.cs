using System.Diagnostics.CodeAnalysis;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// One endpoint's deliveries in memory: a few read ahead, some in flight, some done and about to be recorded. Two of one conversation are
/// never in flight together, so that they start in order. A delivery that waits for its retry holds up nothing.
/// </summary>
/// <param name="endpointId">The endpoint.</param>
/// <param name="most">Posts in flight, at most.</param>
internal sealed class Lane(string endpointId, int most)
{
    private const int FirstLimit = 4;

    private readonly List<DueDelivery> _ahead = [];
    private readonly HashSet<ConversationId> _busy = [];

    /// <summary>Rows that a read must not bring again: they are pending until their result is recorded.</summary>
    private readonly HashSet<long> _known = [];

    /// <summary>How many posts may be in flight now. It starts low and doubles with each success, up to the most.</summary>
    private int _limit = 1;
    private int _inFlight;
    private bool _mayHaveMore;
    private bool _reading;
    private bool _stale;
    private bool _yielding;
    private long? _gone;

    public string EndpointId => endpointId;

    public DeliveryTarget? Target { get; private set; }

    public bool WantsPage => _mayHaveMore && !_reading && !_yielding && _gone is null && _ahead.Count < PageSize / 2;

    public bool IsIdle => _known.Count == 0 && _inFlight == 0 && !_reading && !_mayHaveMore && !_yielding;

    /// <summary>Whether nothing of it is left here, so that another process can go on with it.</summary>
    public bool HasYielded => _yielding && _known.Count == 0 && _inFlight == 0 && !_reading;

    /// <summary>Deliveries read ahead: some milliseconds of work for a fast CRM, and little memory for many that hang.</summary>
    public int PageSize => Target is { Proven: true } ? 128 : 8;

    /// <summary>Notes that there is something due.</summary>
    public void Hint() => _mayHaveMore = true;

    /// <summary>Reads anew what was read ahead, because the endpoint changed.</summary>
    public void Refresh()
    {
        DropAhead();
        _mayHaveMore = true;
        _stale = _reading;
    }

    /// <summary>Begins nothing more, because another process wants the endpoint.</summary>
    public void Yield()
    {
        DropAhead();
        _yielding = true;
        _stale = _reading;
    }

    /// <summary>
    /// Notes that the endpoint was handed over. The lane asks for nothing more by itself, or the two would hand it to and fro.
    /// </summary>
    public void Yielded() => (_yielding, _reading, _mayHaveMore) = (false, false, false);

    /// <summary>
    /// Forgets what was read ahead, because the endpoint may be another process's by now; a sweep finds what is still here.
    /// </summary>
    public void Drop()
    {
        DropAhead();
        _mayHaveMore = false;
        _stale = _reading;
    }

    /// <summary>Begins to read a page; returns the rows that the page must leave out.</summary>
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
        Take(page.Target);
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

    /// <summary>Ends an attempt; there is no result when it was cut off.</summary>
    public void Finished(DueDelivery delivery, AttemptResult? result)
    {
        _inFlight--;
        if (delivery.Conversation is { } conversation) _busy.Remove(conversation);
        if (result?.Verdict is Verdict.Gone) Stop(delivery.Id);
        if (result?.ProvesEndpoint is not { } proven) return;
        // A CRM that hangs holds one slot instead of all of its own, until it answers again.
        _limit = !proven ? 1 : result.Verdict is Verdict.Delivered ? Math.Min(most, _limit * 2) : _limit;
        if (Target is { } target && target.Proven != proven) Target = target with { Proven = proven };
    }

    /// <summary>Notes that a result is in the database, so that a read sees it.</summary>
    public void Recorded(long deliveryId)
    {
        _known.Remove(deliveryId);
        if (_gone == deliveryId) _gone = null;
    }

    /// <summary>
    /// Posts nothing more. Until the 410 is recorded (which can happen sooner than this), a read would still find the endpoint active.
    /// </summary>
    private void Stop(long deliveryId)
    {
        Refresh();
        if (_known.Contains(deliveryId)) _gone = deliveryId;
    }

    /// <summary>What was seen of an address here is newer than what is written of it.</summary>
    private void Take(DeliveryTarget? target)
    {
        if (target is null) DropAhead();
        else if (target.Url == Target?.Url) target = target with { Proven = Target.Proven };
        else _limit = target.Proven ? Math.Min(most, FirstLimit) : 1;
        Target = target;
    }

    private void DropAhead()
    {
        _known.ExceptWith(_ahead.Select(row => row.Id));
        _ahead.Clear();
    }
}
