using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Store.People;

/// <summary>
/// Remembers of which contacts Meta was asked lately, whatever came of it: a profile that nobody may see is not asked for again and again.
/// Bounded; who was needed least recently goes first. Used by one worker, one call at a time.
/// </summary>
internal sealed class ProfileCache(int most = ProfileCache.Most)
{
    public const int Most = 10_000;

    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    private readonly Dictionary<ConversationId, LinkedListNode<(ConversationId Key, DateTimeOffset CheckedAt)>> _entries = [];
    private readonly LinkedList<(ConversationId Key, DateTimeOffset CheckedAt)> _byUse = new();

    public int Count => _entries.Count;

    /// <summary>Says whether the contact of a thread was asked for within the last 24 h.</summary>
    public bool IsFresh(ConversationId conversation, DateTimeOffset now)
    {
        if (!_entries.TryGetValue(conversation, out var entry)) return false;
        _byUse.Remove(entry);
        if (entry.Value.CheckedAt <= now - Kept)
        {
            _entries.Remove(conversation);
            return false;
        }

        _byUse.AddFirst(entry);
        return true;
    }

    /// <summary>Notes when a contact was asked for.</summary>
    public void Put(ConversationId conversation, DateTimeOffset checkedAt)
    {
        if (_entries.Remove(conversation, out var known)) _byUse.Remove(known);
        _entries.Add(conversation, _byUse.AddFirst((conversation, checkedAt)));
        if (_entries.Count <= most) return;
        _entries.Remove(_byUse.Last!.Value.Key);
        _byUse.RemoveLast();
    }
}
