using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace InstaMessenger.Contracts.Ids;

/// <summary>An IGSID: a person as one account sees them; 1 to 20 digits. The same person has another IGSID at another account.</summary>
[JsonConverter(typeof(StringIdJsonConverter<InstagramUserId>))]
public readonly record struct InstagramUserId : IStringId<InstagramUserId>
{
    private readonly string? _value;

    private InstagramUserId(string value) => _value = value;

    /// <inheritdoc/>
    public string Value => IdForm.Checked(_value, nameof(InstagramUserId));

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, out InstagramUserId id)
    {
        var valid = IdForm.IsDigits(text, 20);
        id = valid ? new InstagramUserId(text!) : default;
        return valid;
    }

    /// <inheritdoc cref="IStringId{TSelf}.Parse"/>
    public static InstagramUserId Parse(string text) => IStringId<InstagramUserId>.Parse(text);

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
