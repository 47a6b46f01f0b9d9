using System.Globalization;
using System.Text.Json;

namespace InstaMessenger.Store.Inbound;

/// <summary>Reads JSON that may be anything: a missing member or a wrong type gives null, never an exception.</summary>
internal static class JsonReading
{
    private const long FirstMillisecond = 946_684_800_000; // 2000-01-01
    private const long LastMillisecond = 4_102_444_800_000; // 2100-01-01

    /// <summary>
    /// Below this a number is in seconds, else in milliseconds (ten or thirteen digits): Meta's samples and test events use both.
    /// </summary>
    private const long SecondsBelow = 100_000_000_000;

    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            && value.ValueKind != JsonValueKind.Null ? value : null;

    public static JsonElement? Member(this JsonElement? element, string name) => element?.Member(name);

    /// <summary>Says whether an object has no other members than these; true for none at all.</summary>
    public static bool HasOnly(this JsonElement? element, params ReadOnlySpan<string> names) => element?.HasOnly(names) ?? true;

    /// <inheritdoc cref="HasOnly(JsonElement?, ReadOnlySpan{string})"/>
    public static bool HasOnly(this JsonElement element, params ReadOnlySpan<string> names)
    {
        if (element.ValueKind != JsonValueKind.Object) return false;
        foreach (var member in element.EnumerateObject())
        {
            var known = false;
            foreach (var name in names) known |= member.NameEquals(name);
            if (!known) return false;
        }

        return true;
    }

    public static IEnumerable<JsonElement> Items(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>Reads a flag: true, or the word or the number that stands for it.</summary>
    public static bool IsTrue(this JsonElement? element) => element switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.String or JsonValueKind.Number } =>
            element.Id() is "1" || string.Equals(element.Id(), "true", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    /// <summary>Reads a string; it never holds half a surrogate pair, see <see cref="WellFormedJson"/>.</summary>
    public static string? Text(this JsonElement? element) => element is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>Reads an id: a string, or the number that old fixtures and test events carry.</summary>
    public static string? Id(this JsonElement? element) => element switch
    {
        { ValueKind: JsonValueKind.String } => element.Text(),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    public static DateTimeOffset? Time(this JsonElement? element)
    {
        if (!decimal.TryParse(element.Id(), NumberStyles.Float, CultureInfo.InvariantCulture, out var time)) return null;
        if (time is > 0 and < SecondsBelow) time *= 1000;
        return time is >= FirstMillisecond and <= LastMillisecond ? DateTimeOffset.FromUnixTimeMilliseconds((long)time) : null;
    }
}
