using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>An event that changes a message.</summary>
/// <param name="Arrival">How it came.</param>
/// <param name="Mid">The message; null when the event names none.</param>
internal readonly record struct Naming(Arrival Arrival, InstagramMessageId? Mid)
{
    public static Naming Of(Arrival arrival) => new(arrival, ReceivedContent.Mid(arrival.Item.Part));
}

/// <summary>
/// The messages that a batch of events names, and their threads. A thread is locked before its messages are read, as everywhere: what is
/// found to be missing then is missing until the end of the unit.
/// </summary>
internal sealed class NamedMessages
{
    private readonly Dictionary<(AccountId, InstagramMessageId), Message> _messages;
    private readonly Dictionary<ConversationId, Conversation> _conversations;
    private readonly StoreDbContext _db;
    private readonly ErasedContacts _erased;

    /// <summary>Threads of which only the rows can tell which message is the newest.</summary>
    private readonly HashSet<Conversation> _unsure = [];

    private NamedMessages(
        StoreDbContext db,
        Threads threads,
        EarlyChanges early,
        ErasedContacts erased,
        IEnumerable<Message> messages,
        IEnumerable<Conversation> conversations)
    {
        (_db, _erased, Threads, Early) = (db, erased, threads, early);
        _messages = messages.ToDictionary(message => (message.AccountId, message.InstagramMessageId!.Value));
        _conversations = conversations.ToDictionary(conversation => conversation.Id);
    }

    public Threads Threads { get; }

    /// <summary>The named messages that are there.</summary>
    public IReadOnlyCollection<Message> All => _messages.Values;

    /// <summary>What is kept of the named messages that are not there themselves.</summary>
    public EarlyChanges Early { get; }

    public static async Task<NamedMessages> LoadAsync(StoreDbContext db, IReadOnlyCollection<Naming> namings, TimeProvider clock)
    {
        var threads = await Threads.LoadAsync(
            db,
            [.. namings.Where(naming => naming.Arrival.Contact is not null)
                .Select(naming => (naming.Arrival.Account!.Id, naming.Arrival.Contact!.Value)).Distinct()],
            clock);
        var named = namings.Where(naming => naming.Mid is not null)
            .Select(naming => (Account: naming.Arrival.Account!.Id, Mid: naming.Mid!.Value)).ToHashSet();
        var mids = named.Select(name => name.Mid).Distinct().ToList();
        var rows = mids.Count == 0
            ? []
            : await db.Messages.Include(message => message.Attachments)
                .Where(message => mids.Contains(message.InstagramMessageId!.Value)).ToListAsync();
        // Of the unit itself, and not written yet; a row whose mid was given up in this unit is none any more.
        var messages = rows.Concat(db.Held).Concat(db.Arrived).Distinct()
            .Where(message => message.InstagramMessageId is { } mid && named.Contains((message.AccountId, mid))).ToList();
        var missing = named.Where(name => !messages.Exists(
            message => !message.AwaitsOriginal && (message.AccountId, message.InstagramMessageId!.Value) == (name.Account, name.Mid)))
            .ToHashSet();
        var early = await EarlyChanges.LoadAsync(db, missing.Select(name => name.Mid));
        var erased = await ErasedContacts.LoadAsync(
            db,
            namings.Where(naming => naming.Mid is { } mid
                ? missing.Contains((naming.Arrival.Account!.Id, mid))
                : naming.Arrival.Contact is { } contact && threads.Find(naming.Arrival.Account!.Id, contact) is null)
                .Select(naming => naming.Arrival));
        return new NamedMessages(db, threads, early, erased, messages, await OfAsync(db, messages));
    }

    public Message? Find(Naming naming) =>
        naming.Mid is { } mid ? _messages.GetValueOrDefault((naming.Arrival.Account!.Id, mid)) : null;

    /// <summary>
    /// Whether a change waits for a message that alone can tell between whom it is: nobody does yet, since the event does not say so. One
    /// of somebody who was erased waits too: most likely it is of a message that is gone, and it must not bring back who wrote it.
    /// </summary>
    public bool IsNobodys(Naming naming) =>
        naming.Mid is not null && Find(naming) is null && (naming.Arrival.Contact is null || _erased.Knows(naming.Arrival));

    /// <summary>
    /// Whether a change is of somebody who was erased, and of a message, or a thread, that is not known: nobody is told of it.
    /// </summary>
    public bool IsOfErased(Naming naming) =>
        (naming.Mid is null ? ConversationOf(naming) is null : Find(naming) is null) && _erased.Knows(naming.Arrival);

    /// <summary>Whether the message was taken back, be it here or not.</summary>
    public bool IsTakenBack(Naming naming) => naming.Mid is { } mid
        && (Find(naming)?.IsDeleted ?? Early.IsTakenBack(naming.Arrival.Account!.Id, mid));

    public Conversation ConversationOf(Message message) => _conversations[message.ConversationId];

    /// <summary>The thread of the message, or else the one with the customer whom the event names.</summary>
    public Conversation? ConversationOf(Naming naming) =>
        Find(naming) is { } message ? ConversationOf(message)
        : naming.Arrival.Contact is { } contact ? Threads.Find(naming.Arrival.Account!.Id, contact)
        : null;

    /// <summary>Gives a message of which only changes came the time of the first of them.</summary>
    public void Precede(Message message, DateTimeOffset change)
    {
        var conversation = ConversationOf(message);
        if (message.Precede(change) && !conversation.Place(message)) _unsure.Add(conversation);
    }

    /// <summary>Finds the newest messages of threads in which one got another time.</summary>
    public Task PlaceAsync() => NewestMessages.FindAsync(_db, _unsure);

    public void Add(Message message, Conversation conversation)
    {
        _messages.Add((message.AccountId, message.InstagramMessageId!.Value), message);
        _conversations[conversation.Id] = conversation;
    }

    /// <summary>
    /// Reads the threads of messages; nearly always the ones that are locked already. An event that does not say whose message it names
    /// finds it first and its thread then, and the version of the row tells whether it changed meanwhile.
    /// </summary>
    private static async Task<IReadOnlyList<Conversation>> OfAsync(StoreDbContext db, List<Message> messages)
    {
        var held = db.Conversations.Local.ToDictionary(conversation => conversation.Id);
        var others = messages.Select(message => message.ConversationId).Distinct().Where(id => !held.ContainsKey(id)).ToList();
        var rows = others.Count == 0
            ? []
            : await db.Conversations.ForUpdate().Where(conversation => others.Contains(conversation.Id)).ToListAsync();
        return [.. held.Values, .. rows];
    }
}
