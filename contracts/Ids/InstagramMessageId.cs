using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace InstaMessenger.Contracts.Ids;

/// <summary>Meta's id of a message, <c>mid</c>: opaque, case-sensitive, 1 to 512 characters without control characters.</summary>
[JsonConverter(typeof(StringIdJsonConverter<InstagramMessageId>))]
public readonly record struct InstagramMessageId : IStringId<InstagramMessageId>
{
    private readonly string? _value;

    private InstagramMessageId(string value) => _value = value;

    /// <inheritdoc/>
    public string Value => IdForm.Checked(_value, nameof(InstagramMessageId));

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, out InstagramMessageId id)
    {
        var valid = text is { Length: > 0 and <= 512 } && !text.Any(char.IsControl);
        id = valid ? new InstagramMessageId(text!) : default;
        return valid;
    }

    /// <inheritdoc cref="IStringId{TSelf}.Parse"/>
    public static InstagramMessageId Parse(string text) => IStringId<InstagramMessageId>.Parse(text);

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
