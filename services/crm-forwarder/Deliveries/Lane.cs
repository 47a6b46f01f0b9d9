using System.Diagnostics.CodeAnalysis;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// One endpoint's deliveries in memory: a few read ahead, some in flight, some done and about to be recorded. Two of one conversation are
/// never in flight together, so that they start in order. A delivery that waits for its retry holds up nothing, unless the endpoint
/// wants its conversations in order.
/// </summary>
/// <param name="most">Posts in flight, at most.</param>
/// <param name="clock">Paces an endpoint that takes only so many posts in a second.</param>
internal sealed class Lane(string endpointId, int most, TimeProvider clock)
{
    private const int FirstLimit = 4;

    /// <summary>
    /// So many results of one endpoint may wait for their commit. Fewer make more and smaller commits: with 16 one process alone delivered
    /// a fifth less.
    /// </summary>
    private const int MostUnrecorded = 128;

    private readonly ReadAhead _ahead = new();
    private readonly HashSet<ConversationId> _busy = [];
    private readonly OrderedConversations _order = new();
    private readonly PostRate _rate = new(clock);
    private Recovery _recovery = new(clock);

    /// <summary>Rows that a read must not bring again: they are pending until their result is recorded.</summary>
    private readonly HashSet<long> _known = [];

    /// <summary>
    /// Ended, and their result is not in the database yet: the process's death would post them again, and so they are bounded, however slow
    /// a database is. What is posted anew even keeps its slot: whoever has a year posted anew has time.
    /// </summary>
    private readonly HashSet<long> _unrecorded = [];
    private readonly HashSet<long> _unrecordedReplays = [];

    /// <summary>How many posts may be in flight now. It starts low and doubles with each success, up to the most.</summary>
    private int _limit = 1;
    private int _inFlight;
    private int _replaysInFlight;
    private bool _mayHaveMore;

    /// <summary>Whether a page looks for what is posted anew, which is nothing nearly always.</summary>
    private bool _mayReplay;
    private bool _reading;
    private bool _stale;
    private bool _yielding;
    private long? _gone;

    public string EndpointId => endpointId;

    public DeliveryTarget? Target { get; private set; }

    /// <summary>How many of its posts hold a place for posts that go quickly.</summary>
    public int Quick { get; set; }

    public bool WantsPage => _mayHaveMore && !_reading && !_yielding && _gone is null && _ahead.Live < PageSize / 2;

    public bool IsIdle => _known.Count == 0 && _inFlight == 0 && !_reading && !_mayHaveMore && !_yielding
        && !(_rate.Wait(Target?.MaxPerSecond) > TimeSpan.Zero);

    /// <summary>Whether nothing of it is left here, so that another process can go on with it.</summary>
    public bool HasYielded => _yielding && _known.Count == 0 && _inFlight == 0 && !_reading;

    /// <summary>Deliveries read ahead: some milliseconds of work for a fast CRM, and little memory for many that hang.</summary>
    public int PageSize => Target is { Proven: true } ? 128 : 8;

    /// <summary>Notes that there is something due.</summary>
    public void Hint() => _mayHaveMore = true;

    /// <summary>Notes that there is something due that is posted anew.</summary>
    public void HintReplays() => (_mayHaveMore, _mayReplay) = (true, true);

    /// <summary>Whether the next page is also of what is posted anew.</summary>
    public bool ReadsReplays => _mayReplay;

    /// <summary>Reads anew what was read ahead, because the endpoint changed.</summary>
    public void Refresh()
    {
        DropAhead();
        _mayHaveMore = true;
        _stale = _reading;
    }

    /// <summary>Reads anew when the endpoint was changed, paused or removed by another process, which cannot tell this one.</summary>
    /// <param name="changedAt">When it was changed last; null when it is not posted to any more.</param>
    public void Check(DateTimeOffset? changedAt)
    {
        if (_ahead.Any && Target?.ChangedAt != changedAt) Refresh();
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
        (_mayHaveMore, _mayReplay) = (false, false);
        _order.BeginRead();
        return [.. _known];
    }

    public void EndRead(LanePage page)
    {
        var discard = _stale || _gone is not null;
        (_reading, _stale) = (false, false);
        _mayReplay |= discard;
        if (discard) return;
        Take(page.Target);
        _mayReplay |= page.MayReplay;
        // In a page that was read before a failure was recorded, what is behind it looks as if it may go.
        var rows = page.Target is { Ordered: true } ? page.Rows.Where(_order.MayGo).ToList() : page.Rows;
        // What is left out is asked for again once the failure is recorded, or now if it was meanwhile.
        _mayHaveMore |= rows.Count == page.Rows.Count ? page.Full : !_order.HasUnrecorded;
        _ahead.Add(rows);
        _known.UnionWith(rows.Select(row => row.Id));
    }

    public void ReadFailed() => (_reading, _stale) = (false, false);

    /// <summary>How long until the endpoint may have its next post, if that is all that keeps it back; null otherwise.</summary>
    public TimeSpan? RateWait => _ahead.Any && HasSlot && Wait is var wait && wait > TimeSpan.Zero ? wait : null;

    private bool HasSlot => _inFlight < _limit && _unrecorded.Count < MostUnrecorded;

    /// <summary>What is posted anew takes half of the slots at most, so that what happens now finds one at once.</summary>
    private bool MayReplay => _replaysInFlight + _unrecordedReplays.Count < Math.Max(1, _limit / 2);

    private TimeSpan Wait
    {
        get
        {
            var (asked, recovering) = (_rate.Wait(Target?.MaxPerSecond) ?? TimeSpan.Zero, _recovery.Wait);
            return asked > recovering ? asked : recovering;
        }
    }

    /// <summary>Takes the first delivery that may start now.</summary>
    public bool TryTake([NotNullWhen(true)] out DueDelivery? delivery)
    {
        delivery = null;
        if (!_ahead.Any || !HasSlot || Wait > TimeSpan.Zero) return false;
        delivery = _ahead.Take(_busy, MayReplay);
        if (delivery is null) return false;
        _inFlight++;
        if (delivery.IsReplay) _replaysInFlight++;
        _rate.Begun(Target?.MaxPerSecond);
        _recovery.Begun();
        if (delivery.Conversation is { } taken) _busy.Add(taken);
        return true;
    }

    /// <summary>Ends an attempt; there is no result when it was cut off.</summary>
    public void Finished(DueDelivery delivery, AttemptResult? result)
    {
        _inFlight--;
        if (delivery.IsReplay) _replaysInFlight--;
        if (result is not null && !IsRecorded(delivery.Id)) (delivery.IsReplay ? _unrecordedReplays : _unrecorded).Add(delivery.Id);
        if (result is not null) _recovery.Ended(result.Verdict);
        if (delivery.Conversation is { } conversation) _busy.Remove(conversation);
        if (Target is { Ordered: true } && result is { Verdict: not Verdict.Delivered }) KeepBehind(delivery);
        if (result?.Verdict is Verdict.Gone) Stop(delivery.Id);
        if (result?.ProvesEndpoint is not { } proven) return;
        // A CRM that hangs holds one slot instead of all of its own, until it answers again.
        _limit = !proven ? 1 : result.Verdict is Verdict.Delivered ? Math.Min(most, _limit * 2) : _limit;
        if (Target is { } target && target.Proven != proven) Target = target with { Proven = proven };
    }

    /// <summary>Notes that a result is in the database, so that a read sees it.</summary>
    public void Recorded(long deliveryId)
    {
        GivenUp(deliveryId);
        _known.Remove(deliveryId);
        _mayHaveMore |= _order.Recorded(deliveryId);
        if (_gone == deliveryId) _gone = null;
    }

    /// <summary>Notes that a result will never be in the database; its row stays known, so that it is not posted for ever.</summary>
    public void GivenUp(long deliveryId)
    {
        if (!_unrecorded.Remove(deliveryId)) _unrecordedReplays.Remove(deliveryId);
    }

    /// <summary>A result can be recorded sooner than the lane hears that the post ended; its row may even have been read again.</summary>
    private bool IsRecorded(long deliveryId) => !_known.Contains(deliveryId) || _ahead.Ids.Contains(deliveryId);

    /// <summary>
    /// Puts back what is behind a failure in its conversation; a read brings it again once the one in front of it is through.
    /// </summary>
    private void KeepBehind(DueDelivery failed)
    {
        if (failed.Conversation is not { } conversation) return;
        var isRecorded = IsRecorded(failed.Id);
        _order.Failed(failed.Id, conversation, isRecorded);
        _known.ExceptWith(_ahead.DropBehind(failed, conversation));
        _mayReplay |= failed.IsReplay;
        _mayHaveMore |= isRecorded;
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
        else (_limit, _recovery) = (target.Proven ? Math.Min(most, FirstLimit) : 1, new Recovery(clock));
        _recovery.Begin(target?.FailingSince);
        Target = target;
    }

    private void DropAhead()
    {
        _known.ExceptWith(_ahead.Ids);
        _mayReplay = true;
        _ahead.Clear();
    }
}
