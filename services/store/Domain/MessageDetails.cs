using System.Text.Json;
using System.Text.Json.Serialization;

namespace InstaMessenger.Store.Domain;

/// <summary>What a message says beside its text and attachments: one JSON column, null for nearly all messages.</summary>
internal sealed record MessageDetails
{
    public static readonly MessageDetails None = new();

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary>The story that is answered, or that mentions the business.</summary>
    public Story? Story { get; init; }

    public Share? Share { get; init; }

    /// <summary>The payload of a tapped quick reply; the text is what stood on it.</summary>
    public string? QuickReply { get; init; }

    public Referral? Referral { get; init; }

    public Postback? Postback { get; init; }

    /// <summary>Meta's JSON of a template.</summary>
    public string? Template { get; init; }

    /// <summary>The app that sent an echo: another tool, or ourselves. Null for the phone.</summary>
    public string? AppId { get; init; }

    /// <summary>Whether another app owns the thread, so that Meta only lets us look on.</summary>
    public bool Standby { get; init; }

    /// <summary>Whether the account wrote to itself, which Meta offers for tests.</summary>
    public bool Self { get; init; }

    /// <summary>Whether a program that had it sent says that a person wrote it.</summary>
    public bool ByPerson { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static MessageDetails OfJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<MessageDetails>(json, Json) ?? None;
        }
        catch (JsonException error)
        {
            throw new FormatException("The details of a message cannot be read.", error);
        }
    }
}

/// <summary>A story.</summary>
/// <param name="Id">Meta's id; null when it gave none.</param>
/// <param name="Url">Meta's address of it, alive only as long as the story is.</param>
internal sealed record Story(string? Id, string? Url)
{
    /// <summary>Meta: a story is there for 24 hours, so none that a message names is there longer than that after it.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
}

/// <summary>Something that was shared.</summary>
/// <param name="Type"><c>post</c>, <c>reel</c>, <c>story</c>, <c>product</c> or <c>link</c>.</param>
/// <param name="Id">Meta's id; null when it gave none.</param>
/// <param name="Title">Its title or caption.</param>
/// <param name="Url">Its address, or Meta's of its media.</param>
internal sealed record Share(string Type, string? Id, string? Title, string? Url);

/// <summary>A button, ice breaker or menu item that was tapped.</summary>
internal sealed record Postback(string? Title, string? Payload);

/// <summary>What brought the customer here: a link, an advertisement, a product.</summary>
internal sealed record Referral(
    string? Ref, string? Source, string? Type, string? AdId, string? AdTitle, string? PhotoUrl, string? VideoUrl, string? ProductId);
