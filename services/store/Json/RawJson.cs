using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace InstaMessenger.Store.Json;

/// <summary>
/// JSON that was kept as text and is given back as it came. JSON that is nested deeper than 32 levels is given as a string that holds it:
/// many readers, our serializer among them, stop at 64 levels, and one such row would fail a whole list.
/// </summary>
[JsonConverter(typeof(Converter))]
internal sealed class RawJson
{
    /// <summary>How deep clients' own JSON may be nested; it is refused where it is read.</summary>
    public const int MostDepth = 32;

    private readonly string _text;
    private readonly bool _isDeep;

    private RawJson(string text, bool isDeep) => (_text, _isDeep) = (text, isDeep);

    /// <summary>Returns null for null, and for a text that is not JSON and so cannot be shown.</summary>
    public static RawJson? Of(string? text)
    {
        if (text is null) return null;
        var bytes = Encoding.UTF8.GetBytes(text);
        if (IsJson(bytes, MostDepth)) return new RawJson(text, isDeep: false);
        return IsJson(bytes, bytes.Length) ? new RawJson(text, isDeep: true) : null;
    }

    public static bool IsTooDeep(JsonElement value) => !IsJson(Encoding.UTF8.GetBytes(value.GetRawText()), MostDepth);

    public override string ToString() => _text;

    private static bool IsJson(ReadOnlySpan<byte> bytes, int depth)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = depth });
            while (reader.Read())
            {
            }

            return reader.TokenType != JsonTokenType.None;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed class Converter : JsonConverter<RawJson>
    {
        public override RawJson? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Of(JsonElement.ParseValue(ref reader).GetRawText());

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options)
        {
            if (value._isDeep) writer.WriteStringValue(value._text);
            else writer.WriteRawValue(value._text, skipInputValidation: true);
        }
    }
}
