using System.Text.Json;
using System.Text.Json.Serialization;

namespace InstaMessenger.Contracts.Outgoing;

/// <summary>
/// What one message says: exactly one call of Meta's Send API. The same value goes from the client's request through message, command and
/// ledger to the call's body; at rest and on the bus it is JSON with its <c>kind</c>. The base itself stands for a kind that this version
/// does not know: it is read, so that it fails alone, and never sent.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", IgnoreUnrecognizedTypeDiscriminators = true)]
[JsonDerivedType(typeof(OutgoingText), "text")]
[JsonDerivedType(typeof(OutgoingMedia), "media")]
public record OutgoingContent
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { AllowOutOfOrderMetadataProperties = true };

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

/// <summary>Plain text.</summary>
/// <param name="Text">At most 1,000 UTF-8 bytes.</param>
public sealed record OutgoingText(string Text) : OutgoingContent
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override Likeness Likeness => Likeness.Of(Text, 0);
}

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
