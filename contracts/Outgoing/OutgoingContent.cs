using System.Text.Json;
using System.Text.Json.Serialization;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Outgoing;

/// <summary>
/// What one message says: exactly one call of Meta's Send API. The same value goes from the client's request through message, command and
/// ledger to the call's body; at rest and on the bus it is JSON with its <c>kind</c>. The base itself stands for a kind that this version
/// does not know: it is read, so that it fails alone, and never sent.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", IgnoreUnrecognizedTypeDiscriminators = true)]
[JsonDerivedType(typeof(OutgoingText), "text")]
[JsonDerivedType(typeof(OutgoingMedia), "media")]
[JsonDerivedType(typeof(OutgoingImages), "images")]
[JsonDerivedType(typeof(OutgoingSticker), "sticker")]
[JsonDerivedType(typeof(OutgoingShare), "share")]
[JsonDerivedType(typeof(OutgoingGenericTemplate), "generic")]
[JsonDerivedType(typeof(OutgoingButtonTemplate), "buttons")]
[JsonDerivedType(typeof(OutgoingReaction), "reaction")]
public record OutgoingContent
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { AllowOutOfOrderMetadataProperties = true };

    /// <summary>The message that it answers; null when it answers none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public InstagramMessageId? ReplyTo { get; init; }

    /// <summary>The comment that it answers in private; null for what goes to a contact.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CommentId { get; init; }

    /// <summary>
    /// Whether doing it twice is the same as doing it once. It is no message: Meta answers with no id and sends no echo, and a call whose
    /// outcome is not known is simply made again.
    /// </summary>
    [JsonIgnore]
    public virtual bool IsRepeatable => false;

    /// <summary>Whether Meta fetches something during the call, which then takes longer and can fail after the message went out.</summary>
    [JsonIgnore]
    public virtual bool IsFetched => false;

    /// <summary>Whether it counts against Meta's lower rate for audio and video (meta-platform.md 4.1).</summary>
    [JsonIgnore]
    public virtual bool IsHeavy => false;

    /// <summary>How Meta shows the message when the conversation is read; null when nothing sure is known of that.</summary>
    [JsonIgnore]
    public virtual Likeness? Likeness => null;

    /// <summary>
    /// Reads what <see cref="ToJson"/> wrote. JSON that cannot be read gives the base, so that one rotten row does not hold up others.
    /// </summary>
    /// <param name="json">The stored JSON.</param>
    /// <returns>The content.</returns>
    public static OutgoingContent OfJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<OutgoingContent>(json, Json) ?? new OutgoingContent();
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or ArgumentException)
        {
            return new OutgoingContent();
        }
    }

    /// <summary>The content as one JSON column.</summary>
    /// <returns>A JSON object with its <c>kind</c>.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, Json);
}

/// <summary>Plain text, with answers to tap or without.</summary>
/// <param name="Text">At most 1,000 UTF-8 bytes.</param>
/// <param name="QuickReplies">At most 13; null for none.</param>
public sealed record OutgoingText(
    string Text,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<QuickReply>? QuickReplies = null)
    : OutgoingContent
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override Likeness Likeness => Likeness.Of(Text, 0);
}

/// <summary>An answer that the customer may tap.</summary>
/// <param name="Title">What they see and say; at most 20 characters.</param>
/// <param name="Payload">What the webhook of their answer carries.</param>
public sealed record QuickReply(string Title, string Payload);

/// <summary>An attachment that Meta fetches from a URL during the call.</summary>
/// <param name="Type">One of <see cref="MediaTypes"/>.</param>
/// <param name="Url">A public https URL.</param>
public sealed record OutgoingMedia(string Type, string Url) : OutgoingContent
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool IsFetched => true;

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool IsHeavy => Type is MediaTypes.Audio or MediaTypes.Video;

    /// <inheritdoc/>
    [JsonIgnore]
    public override Likeness Likeness => Likeness.Of(null, 1);
}

/// <summary>Several images in one message.</summary>
/// <param name="Urls">2 to 10 public https URLs.</param>
public sealed record OutgoingImages(IReadOnlyList<string> Urls) : OutgoingContent
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool IsFetched => true;

    /// <inheritdoc/>
    [JsonIgnore]
    public override Likeness Likeness => Likeness.Of(null, Urls.Count);
}

/// <summary>A sticker.</summary>
/// <param name="Name">Instagram takes <c>like_heart</c> alone.</param>
public sealed record OutgoingSticker(string Name) : OutgoingContent;

/// <summary>A post of the account's own.</summary>
/// <param name="MediaId">Meta's id of the post.</param>
public sealed record OutgoingShare(string MediaId) : OutgoingContent;

/// <summary>Cards side by side.</summary>
/// <param name="Elements">1 to 10.</param>
public sealed record OutgoingGenericTemplate(IReadOnlyList<TemplateElement> Elements) : OutgoingContent
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool IsFetched => Elements.Any(element => element.ImageUrl is not null);
}

/// <summary>A text with buttons below it.</summary>
/// <param name="Text">At most 640 characters.</param>
/// <param name="Buttons">1 to 3.</param>
public sealed record OutgoingButtonTemplate(string Text, IReadOnlyList<TemplateButton> Buttons) : OutgoingContent;

/// <summary>What the business thinks of a message of the customer's.</summary>
/// <param name="Mid">The message.</param>
/// <param name="Name">Meta's word, like <c>love</c>; null takes the reaction back.</param>
public sealed record OutgoingReaction(InstagramMessageId Mid, string? Name) : OutgoingContent
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool IsRepeatable => true;
}

/// <summary>One card.</summary>
/// <param name="Title">At most 80 characters.</param>
/// <param name="Subtitle">At most 80 characters; null for none.</param>
/// <param name="ImageUrl">A public https URL; null for none.</param>
/// <param name="DefaultUrl">What a tap on the card opens; null for nothing.</param>
/// <param name="Buttons">At most 3; null for none.</param>
public sealed record TemplateElement(
    string Title, string? Subtitle, string? ImageUrl, string? DefaultUrl, IReadOnlyList<TemplateButton>? Buttons);

/// <summary>A button of a template: it opens a page or sends a postback, never both.</summary>
/// <param name="Title">What it says.</param>
/// <param name="Url">The page; null for a postback.</param>
/// <param name="Payload">What the postback carries; null for a page.</param>
public sealed record TemplateButton(string Title, string? Url, string? Payload);
