using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace InstaMessenger.Contracts.Ids;

/// <summary>The id of a message's attachment: <c>{message_id}_{index}</c>, the index from 0 to 999.</summary>
[JsonConverter(typeof(StringIdJsonConverter<AttachmentId>))]
public readonly record struct AttachmentId : IStringId<AttachmentId>
{
    private readonly string? _value;

    private AttachmentId(string value) => _value = value;

    /// <inheritdoc/>
    public string Value => IdForm.Checked(_value, nameof(AttachmentId));

    /// <summary>Names the attachment at <paramref name="index"/> of a message.</summary>
    /// <param name="index">The place in the message, 0 to 999.</param>
    /// <returns>The id.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is below 0 or above 999.</exception>
    public static AttachmentId Of(MessageId message, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, 999);
        return new AttachmentId(string.Create(CultureInfo.InvariantCulture, $"{message.Value}_{index}"));
    }

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, out AttachmentId id)
    {
        var cut = text?.LastIndexOf('_') ?? -1;
        var valid = cut > 0
            && MessageId.TryParse(text![..cut], out _)
            && IdForm.IsDigits(text[(cut + 1)..], 3)
            && (text[cut + 1] != '0' || text.Length == cut + 2);
        id = valid ? new AttachmentId(text!) : default;
        return valid;
    }

    /// <inheritdoc cref="IStringId{TSelf}.Parse"/>
    public static AttachmentId Parse(string text) => IStringId<AttachmentId>.Parse(text);

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
