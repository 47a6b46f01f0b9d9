using System.Text.Json;
using InstaMessenger.Store.Events;

namespace InstaMessenger.Store.Inbound;

/// <summary>Names an event by the member that holds it, so that even an event that nobody has heard of yet has a name of its own.</summary>
internal static class WebhookItemName
{
    public const string Unknown = "unknown";

    /// <summary>What is no member of its own: a message that takes itself back.</summary>
    public const string Unsend = TakenBack.Unsend;

    private const int Longest = 100;

    /// <summary>
    /// The members that handlers read. Of an item that has several, the first of these names it, in whatever order Meta writes them: a tap
    /// on a button that says what brought the customer here is a tap.
    /// </summary>
    internal static readonly string[] Known = ["message_edit", "reaction", "read", "postback", "referral"];

    /// <summary>Members that events of every name have beside the one that names them, and members of an entry.</summary>
    private static readonly string[] Beside =
        ["sender", "recipient", "timestamp", "is_self", "id", "time", "field", "object", "messaging", "standby", "changes", "entry"];

    /// <param name="item">The event.</param>
    /// <param name="field">The field of a change, which names what is no messaging event.</param>
    public static string Of(JsonElement item, string? field)
    {
        var message = item.Member("message");
        if (message.Member("is_deleted").IsTrue()) return Unsend;
        if (message is not null) return "message";
        var isMessaging = string.IsNullOrEmpty(field) || item.Member("sender") is not null || item.Member("recipient") is not null;
        var name = (isMessaging ? MemberOf(item) : null) ?? field;
        if (string.IsNullOrEmpty(name)) return Unknown;
        return name.Length <= Longest ? name : name[..Longest];
    }

    /// <summary>
    /// Returns the member that a handler reads; else the first that holds an object, because nearly every event is one; else the first of
    /// all.
    /// </summary>
    private static string? MemberOf(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object) return null;
        if (Array.Find(Known, name => item.Member(name) is { ValueKind: JsonValueKind.Object }) is { } known) return known;
        string? first = null;
        foreach (var member in item.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null || Array.Exists(Beside, member.NameEquals)) continue;
            if (member.Value.ValueKind == JsonValueKind.Object) return member.Name;
            first ??= member.Name;
        }

        return first;
    }
}
