using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace InstaMessenger.Contracts.Ids;

/// <summary>The professional account id of an Instagram account: <c>user_id</c> of <c>GET /me</c>; 1 to 20 digits.</summary>
[JsonConverter(typeof(StringIdJsonConverter<InstagramAccountId>))]
public readonly record struct InstagramAccountId : IStringId<InstagramAccountId>
{
    private readonly string? _value;

    private InstagramAccountId(string value) => _value = value;

    /// <inheritdoc/>
    public string Value => IdForm.Checked(_value, nameof(InstagramAccountId));

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, out InstagramAccountId id)
    {
        var valid = IdForm.IsDigits(text, 20);
        id = valid ? new InstagramAccountId(text!) : default;
        return valid;
    }

    /// <inheritdoc cref="IStringId{TSelf}.Parse"/>
    public static InstagramAccountId Parse(string text) => IStringId<InstagramAccountId>.Parse(text);

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
