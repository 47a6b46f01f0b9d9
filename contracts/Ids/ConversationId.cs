using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace InstaMessenger.Contracts.Ids;

/// <summary>Our id of the thread between an account and a contact: <c>conv_…</c>.</summary>
[JsonConverter(typeof(StringIdJsonConverter<ConversationId>))]
public readonly record struct ConversationId : IStringId<ConversationId>
{
    private readonly string? _value;

    private ConversationId(string value) => _value = value;

    /// <inheritdoc/>
    public string Value => IdForm.Checked(_value, nameof(ConversationId));

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, out ConversationId id)
    {
        var valid = IdForm.IsPrefixed(text, "conv_");
        id = valid ? new ConversationId(text!) : default;
        return valid;
    }

    /// <inheritdoc cref="IStringId{TSelf}.Parse"/>
    public static ConversationId Parse(string text) => IStringId<ConversationId>.Parse(text);

    /// <summary>Makes a new id, ordered by the time of <paramref name="clock"/> to the millisecond.</summary>
    /// <returns>The id.</returns>
    public static ConversationId New(TimeProvider clock) => new(IdForm.TimeOrdered("conv_", clock));

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
