using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace InstaMessenger.Contracts.Ids;

/// <summary>
/// The id that webhooks route by, <c>entry.id</c>; 1 to 20 digits. It may differ from the <see cref="InstagramAccountId"/>.
/// </summary>
[JsonConverter(typeof(StringIdJsonConverter<MessagingChannelId>))]
public readonly record struct MessagingChannelId : IStringId<MessagingChannelId>
{
    private readonly string? _value;

    private MessagingChannelId(string value) => _value = value;

    /// <inheritdoc/>
    public string Value => IdForm.Checked(_value, nameof(MessagingChannelId));

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, out MessagingChannelId id)
    {
        var valid = IdForm.IsDigits(text, 20);
        id = valid ? new MessagingChannelId(text!) : default;
        return valid;
    }

    /// <inheritdoc cref="IStringId{TSelf}.Parse"/>
    public static MessagingChannelId Parse(string text) => IStringId<MessagingChannelId>.Parse(text);

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
