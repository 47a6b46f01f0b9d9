using System.Globalization;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Sender.History;

/// <summary>A page of the Conversations API (meta-platform.md 5.2), newest thread first.</summary>
/// <param name="Threads">The threads that were written in since the run's earliest time.</param>
/// <param name="After">Meta's cursor behind the page; null when there is nothing more that the run wants.</param>
internal sealed record ThreadPage(IReadOnlyList<PageThread> Threads, string? After)
{
    /// <summary>Details only of the newest 20 messages: of older ones Meta gives the ids alone.</summary>
    public const string Fields = "id,updated_time,messages.limit(20){" + Details + ",shares,story,reply_to,is_unsupported}";

    /// <summary>What every version has. Meta refuses a whole call over one field that it does not know.</summary>
    public const string PlainFields = "id,updated_time,messages.limit(20){" + Details + "}";

    private const string Details = "id,created_time,from,to,message,attachments";

    /// <summary>Meta writes +0000 without a colon.</summary>
    private static readonly string[] TimeForms = ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Reads an answer of status 200; null when it is no page of conversations.</summary>
    /// <param name="run">Whose threads, and from when to when.</param>
    public static ThreadPage? Of(ReadOnlyMemory<byte> body, HistoryRun run)
    {
        using var json = GraphJson.Parse(body);
        if (GraphJson.Member(json?.RootElement, "data") is not { ValueKind: JsonValueKind.Array }) return null;
        var list = GraphJson.List(json!.RootElement, "data");
        // The list is sorted: behind a thread that is too old there is none that is young enough.
        var wanted = list.TakeWhile(thread => !(TimeOf(thread, "updated_time") < run.Since)).ToList();
        var paging = GraphJson.Member(json.RootElement, "paging");
        var after = GraphJson.Member(paging, "next") is null ? null : GraphJson.Text(GraphJson.Member(paging, "cursors"), "after");
        var more = wanted.Count == list.Count && list.Count > 0 && after is { Length: > 0 and <= 2000 } && after != run.After;
        return new ThreadPage([.. wanted.Select(thread => PageThread.Of(thread, run)).OfType<PageThread>()], more ? after : null);
    }

    /// <summary>Reads one of Meta's times; null when it is none.</summary>
    public static DateTimeOffset? TimeOf(JsonElement? parent, string name) => DateTimeOffset.TryParseExact(
        GraphJson.Text(parent, name), TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
        ? at
        : null;
}

/// <summary>One thread of a page.</summary>
/// <param name="Username">The customer's name at Instagram; null when Meta gave none.</param>
/// <param name="Messages">The messages that have details and are of the run's time, oldest first.</param>
internal sealed record PageThread(InstagramUserId ContactId, string? Username, IReadOnlyList<PageMessage> Messages)
{
    /// <summary>A longer one is no name; Instagram's have 30 characters at most.</summary>
    private const int LongestUsername = 100;

    /// <summary>Reads a thread; null for one without a message of the run's time between the account and a customer.</summary>
    public static PageThread? Of(JsonElement thread, HistoryRun run)
    {
        var messages = GraphJson.List(GraphJson.Member(thread, "messages"), "data").Select(item => PageMessage.Of(item, run))
            .OfType<PageMessage>().Where(message => message.At < run.Until && !(message.At < run.Since)).ToList();
        // A thread has one customer. Whoever writes in somebody else's is nobody that a message of ours can be from.
        var contact = messages.Find(message => message.Customer is not null)?.Customer;
        if (contact is null) return null;
        var own = messages.FindAll(message => message.Customer?.Id == contact.Id);
        own.Reverse();
        var username = own.Find(message => message.Customer!.Username is not null)?.Customer!.Username;
        return new PageThread(contact.Id, username is { Length: > 0 and <= LongestUsername } ? username : null, own);
    }
}

/// <summary>Somebody who writes to the account.</summary>
internal sealed record PageCustomer(InstagramUserId Id, string? Username);

/// <summary>One message of a thread.</summary>
/// <param name="Id">Meta's id.</param>
/// <param name="At">When it was made, in whole seconds of Meta's clock.</param>
/// <param name="ByBusiness">Whether the account wrote it.</param>
/// <param name="Customer">The other side; null when both sides are the account, or neither can be told.</param>
/// <param name="Json">All that Meta says of it, good as long as the page's document is.</param>
internal sealed record PageMessage(InstagramMessageId Id, DateTimeOffset At, bool ByBusiness, PageCustomer? Customer, JsonElement Json)
{
    /// <summary>Reads a message; null for one without details.</summary>
    public static PageMessage? Of(JsonElement item, HistoryRun run)
    {
        if (!InstagramMessageId.TryParse(GraphJson.Text(item, "id"), out var id)) return null;
        if (ThreadPage.TimeOf(item, "created_time") is not { } at || GraphJson.Member(item, "from") is not { } from) return null;
        var to = GraphJson.List(GraphJson.Member(item, "to"), "data").FirstOrDefault();
        var byBusiness = IsOwn(from, run);
        var other = byBusiness ? to : from;
        var customer = InstagramUserId.TryParse(GraphJson.Text(other, "id"), out var contact) && !IsOwn(other, run)
            // Of two whom we do not know either may be the account, and a guess would turn the thread round.
            && (byBusiness || to.ValueKind != JsonValueKind.Object || IsOwn(to, run))
            ? new PageCustomer(contact, GraphJson.Text(other, "username"))
            : null;
        return new PageMessage(id, at, byBusiness, customer, item.Clone());
    }

    /// <summary>Meta names the account by another id for each kind of login, and always by the same name.</summary>
    private static bool IsOwn(JsonElement person, HistoryRun run) =>
        (GraphJson.Text(person, "id") is { } id && run.OwnIds.Split(' ').Contains(id))
        || string.Equals(GraphJson.Text(person, "username"), run.Username, StringComparison.OrdinalIgnoreCase);
}
