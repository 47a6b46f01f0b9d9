using System.Globalization;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;

namespace InstaMessenger.Sender.Graph;

/// <summary>
/// Reads a conversation out of Meta's answer. It is strict where <see cref="GraphBody"/> is tolerant: from what is not there it is
/// concluded that a message was not sent, so anything unexpected makes the view end there, or makes it none at all.
/// </summary>
internal static class ThreadBody
{
    /// <summary>Meta writes +0000 without a colon.</summary>
    private static readonly string[] TimeForms = ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Reads an answer of status 200; null when it shows no conversation.</summary>
    /// <param name="contact">The customer: whatever is not from them is from the business.</param>
    public static ThreadView? Of(ReadOnlyMemory<byte> body, InstagramUserId contact)
    {
        using var document = GraphJson.Parse(body);
        try
        {
            if (First(Member(document?.RootElement, "data")) is not { } thread || Member(thread, "messages") is not { } messages
                || Member(messages, "data") is not { ValueKind: JsonValueKind.Array } list) return null;
            var isWhole = Member(Member(messages, "paging"), "next") is null;
            return View([.. list.EnumerateArray().Select(item => TryRead(item, contact))], isWhole);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair in a name.
            return null;
        }
    }

    /// <summary>The list is newest first. It is complete down to its first entry without details, or to its end if more follows.</summary>
    private static ThreadView View(List<ThreadMessage?> entries, bool isWhole)
    {
        var complete = entries.TakeWhile(entry => entry is not null).OfType<ThreadMessage>().ToList();
        var since = complete.Count == entries.Count && isWhole ? DateTimeOffset.MinValue
            : complete.Count == 0 ? DateTimeOffset.MaxValue
            // Seconds are whole: another one of the last second may be missing.
            : complete.Min(entry => entry.At).AddSeconds(1);
        return new ThreadView([.. entries.OfType<ThreadMessage>()], since);
    }

    /// <summary>Returns null for an entry with a text that is no Unicode: it might be what is looked for.</summary>
    private static ThreadMessage? TryRead(JsonElement item, InstagramUserId contact)
    {
        try
        {
            return Read(item, contact);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static ThreadMessage? Read(JsonElement item, InstagramUserId contact)
    {
        if (!InstagramMessageId.TryParse(Text(item, "id"), out var id) || Text(Member(item, "from"), "id") is not { } author) return null;
        if (!DateTimeOffset.TryParseExact(
            Text(item, "created_time"), TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) return null;
        var list = Member(Member(item, "attachments"), "data");
        var attachments = list is { ValueKind: JsonValueKind.Array } items ? items.GetArrayLength() : 0;
        return new ThreadMessage(id, at, author != contact.Value, Likeness.Of(Text(item, "message"), attachments));
    }

    private static JsonElement? First(JsonElement? list) =>
        list is { ValueKind: JsonValueKind.Array } items && items.GetArrayLength() > 0 ? items[0] : null;

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty(name, out var member)
            && member.ValueKind != JsonValueKind.Null
            ? member
            : null;

    private static string? Text(JsonElement? parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
