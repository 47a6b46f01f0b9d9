using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace InstaMessenger.Contracts.Ids;

/// <summary>The id of one event, the same for every tap and every retry: <c>evt_…</c>, ordered by time.</summary>
[JsonConverter(typeof(StringIdJsonConverter<EventId>))]
public readonly record struct EventId : IStringId<EventId>
{
    private readonly string? _value;

    private EventId(string value) => _value = value;

    /// <inheritdoc/>
    public string Value => IdForm.Checked(_value, nameof(EventId));

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, out EventId id)
    {
        var valid = IdForm.IsPrefixed(text, "evt_");
        id = valid ? new EventId(text!) : default;
        return valid;
    }

    /// <inheritdoc cref="IStringId{TSelf}.Parse"/>
    public static EventId Parse(string text) => IStringId<EventId>.Parse(text);

    /// <summary>Makes a new id, ordered by the time of <paramref name="clock"/> to the millisecond.</summary>
    /// <returns>The id.</returns>
    public static EventId New(TimeProvider clock) => new(IdForm.TimeOrdered("evt_", clock));

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
