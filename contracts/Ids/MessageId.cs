using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace InstaMessenger.Contracts.Ids;

/// <summary>Our id of a message: <c>msg_…</c>, ordered by time.</summary>
[JsonConverter(typeof(StringIdJsonConverter<MessageId>))]
public readonly record struct MessageId : IStringId<MessageId>
{
    private readonly string? _value;

    private MessageId(string value) => _value = value;

    /// <inheritdoc/>
    public string Value => IdForm.Checked(_value, nameof(MessageId));

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, out MessageId id)
    {
        var valid = IdForm.IsPrefixed(text, "msg_");
        id = valid ? new MessageId(text!) : default;
        return valid;
    }

    /// <inheritdoc cref="IStringId{TSelf}.Parse"/>
    public static MessageId Parse(string text) => IStringId<MessageId>.Parse(text);

    /// <summary>Makes a new id, ordered by the time of <paramref name="clock"/> to the millisecond.</summary>
    /// <returns>The id.</returns>
    public static MessageId New(TimeProvider clock) => new(IdForm.TimeOrdered("msg_", clock));

    /// <summary>
    /// Names a message that is in no thread, because nothing that came says between whom it is: always the same id, and no message's own.
    /// </summary>
    /// <param name="mid">Meta's id of the message.</param>
    /// <returns>The id.</returns>
    public static MessageId Unplaced(AccountId account, InstagramMessageId mid) =>
        new("msg_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{account} {mid}")))[..32]);

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
