using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// The conversations of an endpoint in which a delivery failed and is not recorded yet. Until then the database still says that it is due,
/// and lets those behind it go.
/// </summary>
internal sealed class OrderedConversations
{
    private readonly Dictionary<long, ConversationId> _failed = [];

    /// <summary>Those of a read under way: it may have seen the rows as they were when it began.</summary>
    private readonly HashSet<ConversationId> _atRead = [];

    public void BeginRead()
    {
        _atRead.Clear();
        _atRead.UnionWith(_failed.Values);
    }

    /// <summary>Keeps back what is behind a failure.</summary>
    /// <param name="delivery">What failed.</param>
    /// <param name="isRecorded">Whether the database knows of it; a read that began before does not.</param>
    public void Failed(long delivery, ConversationId conversation, bool isRecorded)
    {
        if (!isRecorded) _failed[delivery] = conversation;
        _atRead.Add(conversation);
    }

    public bool HasUnrecorded => _failed.Count > 0;

    /// <returns>Whether it was one that failed.</returns>
    public bool Recorded(long delivery) => _failed.Remove(delivery);

    /// <summary>Whether nothing in front of the delivery, which the read may not have known of, keeps it back.</summary>
    public bool MayGo(DueDelivery delivery) => delivery.Conversation is not { } conversation || !_atRead.Contains(conversation);
}
