using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Inbound;

/// <summary>An item, with when its webhook came and under which trace.</summary>
internal sealed class Arrival(WebhookItem item, DateTimeOffset receivedAt, string? traceParent)
{
    private string? _fingerprint;

    public WebhookItem Item => item;

    public DateTimeOffset ReceivedAt => receivedAt;

    public string? TraceParent => traceParent;

    /// <summary>How it was found at Meta; null for what came by webhook.</summary>
    public FoundBy? FoundBy { get; private init; }

    /// <summary>The customer's name at Instagram, when the item came with it.</summary>
    public string? Username { get; private init; }

    /// <summary>Whether it was new, and is in its thread now.</summary>
    public bool IsRecorded { get; private set; }

    /// <inheritdoc cref="WebhookItem.Fingerprint"/>
    public string Fingerprint => _fingerprint ??= item.Fingerprint();

    /// <summary>
    /// Meta's time: the event's, or else its entry's; ours when Meta gave none, or only such as are still to come. A message from the
    /// future would stay on top of its thread and hold the response window open until then.
    /// </summary>
    public DateTimeOffset SentAt => MetasTime ?? receivedAt;

    /// <summary>Whether <see cref="SentAt"/> is the same however often the event comes.</summary>
    public bool HasMetasTime => MetasTime is not null;

    /// <summary>The account that it belongs to, once <see cref="AccountRouting"/> has found it; null when no account claims it.</summary>
    public Account? Account { get; private set; }

    /// <summary>The account that its id belongs to, linked or not: no other account may have the item later.</summary>
    public AccountId? ReservedFor { get; private set; }

    /// <summary>
    /// Whether the business did it: Meta says so, or one of the account's ids did it, because the flag comes in several forms or not at
    /// all. A business that is taken for its own customer would be answered by its own bot.
    /// </summary>
    public bool IsOutbound => item.SaysOutbound || Owns(item.SenderId);

    /// <summary>
    /// The customer; null when the event names none, or only the business itself. A business that writes to itself has an id as a customer
    /// too: it is the one of the two that is not the account's.
    /// </summary>
    public InstagramUserId? Contact
    {
        get
        {
            var id = IsOutbound && !Owns(item.RecipientId) ? item.RecipientId : item.SenderId;
            return !Owns(id) && InstagramUserId.TryParse(id, out var contact) ? contact : null;
        }
    }

    /// <summary>
    /// Whether the account is not linked any more, or has given the id up: then the event may take away from what is kept of it, and adds
    /// nothing. It waits in quarantine like all others.
    /// </summary>
    public bool IsOfUnlinked { get; private init; }

    public void SetRoute(Route route) => (Account, ReservedFor) = route;

    /// <summary>Makes the same event one of the account that its id belongs to, although that is not linked.</summary>
    public Arrival OfUnlinked(Account account) =>
        new(item, receivedAt, traceParent) { Account = account, ReservedFor = account.Id, IsOfUnlinked = true };

    /// <summary>Makes an item that was found at Meta, in the threads of an account.</summary>
    public static Arrival Found(
        WebhookItem item, DateTimeOffset foundAt, string? traceParent, Account account, FoundBy by, string? username) =>
        new(item, foundAt, traceParent) { Account = account, ReservedFor = account.Id, FoundBy = by, Username = username };

    /// <summary>Notes that it was new.</summary>
    public void MarkRecorded() => IsRecorded = true;

    private DateTimeOffset? MetasTime =>
        item.SentAt < receivedAt ? item.SentAt : item.EntryTime < receivedAt ? item.EntryTime : null;

    private bool Owns(string? id) => id is not null && Account?.Owns(id) == true;
}
