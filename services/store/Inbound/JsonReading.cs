using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace InstaMessenger.Store.Inbound;

/// <summary>Reads JSON that may be anything: a missing member, a wrong type or a broken escape gives null, never an exception.</summary>
internal static partial class JsonReading
{
    private const long FirstMillisecond = 946_684_800_000; // 2000-01-01
    private const long LastMillisecond = 4_102_444_800_000; // 2100-01-01

    /// <summary>Ten digits are seconds, thirteen are milliseconds: Meta's samples and test events use both.</summary>
    private const long SecondsBelow = 100_000_000_000;

    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static JsonElement? Member(this JsonElement? element, string name) => element?.Member(name);

    public static IEnumerable<JsonElement> Items(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    public static bool IsTrue(this JsonElement? element) => element is { ValueKind: JsonValueKind.True };

    /// <summary>A string as it is; with U+FFFD for surrogates that have no partner, which no database would take.</summary>
    public static string? Text(this JsonElement? element)
    {
        if (element is not { ValueKind: JsonValueKind.String } text) return null;
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return Repair(text.GetRawText()[1..^1]);
        }
    }

    /// <summary>An id: a string, or the number that old fixtures and test events carry.</summary>
    public static string? Id(this JsonElement? element) => element switch
    {
        { ValueKind: JsonValueKind.String } => element.Text(),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    public static DateTimeOffset? Time(this JsonElement? element)
    {
        if (!long.TryParse(element.Id(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time)) return null;
        if (time is > 0 and < SecondsBelow) time *= 1000;
        return time is >= FirstMillisecond and <= LastMillisecond ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;
    }

    private static string Repair(string escaped)
    {
        var units = Escape().Replace(escaped, match => match.Value[1] switch
        {
            'u' => ((char)int.Parse(match.ValueSpan[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString(),
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            'b' => "\b",
            'f' => "\f",
            var itself => itself.ToString(),
        });
        // Encoding replaces what has no partner.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(units));
    }

    [GeneratedRegex(@"\\(u[0-9a-fA-F]{4}|.)", RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Escape();
}
