using System.Runtime.InteropServices;
using System.Text.Json;

namespace InstaMessenger.Sender.Graph;

/// <summary>
/// Reads JSON of Meta's of which one part may be odd: a byte order mark, half a character, a member of another type. What is odd counts as
/// missing, and costs nothing that stands beside it.
/// </summary>
internal static class GraphJson
{
    /// <summary>Parses an answer; null when it is no JSON.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> body)
    {
        if (body.Span.StartsWith("\uFEFF"u8)) body = body[3..];
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Returns a member; null when it is missing or null, or when its parent is no object.</summary>
    public static JsonElement? Member(JsonElement? parent, string name)
    {
        try
        {
            return parent is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty(name, out var member)
                && member.ValueKind != JsonValueKind.Null ? member : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair in the name of another member.
            return null;
        }
    }

    /// <summary>Returns a text, always valid Unicode; null when there is none.</summary>
    public static string? Text(JsonElement? parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } text
            ? GraphText.Decode(JsonMarshal.GetRawUtf8Value(text)[1..^1])
            : null;

    /// <summary>Returns an id of 1 to 20 digits, which Meta writes as a text or as a number; null when there is none.</summary>
    public static string? Id(JsonElement? parent, string name)
    {
        var text = Member(parent, name) is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : Text(parent, name);
        return text is { Length: > 0 and <= 20 } && text.All(char.IsAsciiDigit) ? text : null;
    }

    /// <summary>Returns the entries of a list; none when there is no list.</summary>
    public static List<JsonElement> List(JsonElement? parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];
}
