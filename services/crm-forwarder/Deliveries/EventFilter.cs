namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>The types of events that an endpoint may ask for; a test holds the list against what the store tells.</summary>
internal static class EventFilter
{
    public static readonly IReadOnlyList<string> Known =
    [
        "message.received", "message.sent", "message.status", "message.read", "message.edited", "message.deleted", "message.reaction",
        "message.media", "message.reaction_failed", "postback.received", "referral.received", "comment.received", "contact.updated",
        "contact.erased", "conversation.updated", "account.connected", "account.health", "account.disconnected", "history.progress",
        "event.unsupported",
    ];

    /// <summary>What is stored of a filter; null for every type.</summary>
    public static string? Stored(IEnumerable<string>? types) => types is null ? null : string.Join(' ', types.Distinct());

    public static IReadOnlyList<string>? Read(string? stored) => stored?.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The types that two filters have in common; null when neither leaves anything out.</summary>
    public static IReadOnlyList<string>? Narrowed(string? first, string? second) => (Read(first), Read(second)) switch
    {
        (null, var types) => types,
        (var types, null) => types,
        ({ } some, { } others) => [.. some.Intersect(others)],
    };
}
