using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// The deliveries of an endpoint that were read and are not posted yet. What is posted anew goes behind what has just happened, however
/// much of it there is.
/// </summary>
internal sealed class ReadAhead
{
    private readonly List<DueDelivery> _live = [];
    private readonly List<DueDelivery> _replayed = [];

    /// <summary>How many there are that have just happened, or wait for their retry.</summary>
    public int Live => _live.Count;

    public bool Any => _live.Count + _replayed.Count > 0;

    public IEnumerable<long> Ids => _live.Concat(_replayed).Select(row => row.Id);

    public void Add(IEnumerable<DueDelivery> rows)
    {
        foreach (var row in rows) (row.IsReplay ? _replayed : _live).Add(row);
    }

    public void Clear()
    {
        _live.Clear();
        _replayed.Clear();
    }

    /// <summary>Takes the first one whose conversation is free; of what is posted anew only when there is nothing else.</summary>
    public DueDelivery? Take(HashSet<ConversationId> busy, bool mayReplay) =>
        TakeFrom(_live, busy) ?? (mayReplay ? TakeFrom(_replayed, busy) : null);

    /// <summary>Drops what is behind a delivery in its conversation, and returns the ids.</summary>
    public List<long> DropBehind(DueDelivery delivery, ConversationId conversation)
    {
        var rows = delivery.IsReplay ? _replayed : _live;
        var behind = rows.Where(row => row.Conversation == conversation).Select(row => row.Id).ToList();
        rows.RemoveAll(row => row.Conversation == conversation);
        return behind;
    }

    private static DueDelivery? TakeFrom(List<DueDelivery> rows, HashSet<ConversationId> busy)
    {
        var index = rows.FindIndex(row => row.Conversation is not { } conversation || !busy.Contains(conversation));
        if (index < 0) return null;
        var taken = rows[index];
        rows.RemoveAt(index);
        return taken;
    }
}
