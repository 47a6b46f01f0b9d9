using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace InstaMessenger.Hosting.Http;

/// <summary>
/// JSON as clients see it: snake_case, enums as snake_case words, times as RFC 3339 UTC with milliseconds. What clients send is read to the
/// letter: an unknown member, one that is given twice, a number as text, a time without a zone are refused (<see cref="UnreadableBody"/>
/// names the member).
/// </summary>
public static class ApiJson
{
    /// <summary>What is wrong with a time.</summary>
    internal const string NotATime = "It is a time of RFC 3339 with its zone, like 2026-11-27T10:00:00Z.";

    /// <summary>
    /// How deep what we write may be nested. The framework's 64 would fail a whole list for one row that was kept when more was let in.
    /// Clients' own JSON is limited where it is read.
    /// </summary>
    private const int MostDepth = 512;

    /// <summary>The options for answers and for event bodies.</summary>
    public static readonly JsonSerializerOptions Options = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>Sets <paramref name="options"/> to the product's form.</summary>
    /// <param name="options">Any options.</param>
    /// <returns>The same options.</returns>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = null;
        options.MaxDepth = MostDepth;
        options.PropertyNameCaseInsensitive = false;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        // Writes emoji and umlauts as themselves: the answers are application/json, never embedded in HTML.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        options.Converters.Add(new Rfc3339());
        return options;
    }

    /// <summary>Whether a text is a time that names its zone, by the same rule as in a body.</summary>
    internal static bool IsTime(string text)
    {
        var reader = new Utf8JsonReader(JsonSerializer.SerializeToUtf8Bytes(text));
        return reader.Read() && HasZone(text) && reader.TryGetDateTimeOffset(out _);
    }

    /// <summary>Says whether a time names its zone. Without one it would be read in the zone of the server.</summary>
    private static bool HasZone(string text) => text.Length > 19 && (text[^1] == 'Z' || text[^6] is '+' or '-');

    private sealed class Rfc3339 : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && HasZone(reader.GetString()!) && reader.TryGetDateTimeOffset(out var time)
                ? time.ToUniversalTime()
                : throw new JsonException(NotATime);

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
    }
}
