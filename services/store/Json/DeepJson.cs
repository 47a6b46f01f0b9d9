using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace InstaMessenger.Store.Json;

/// <summary>
/// JSON nested without end. .NET's parser looks, at each closing bracket, for the opening one among all that lies between: a webhook of
/// 5 MiB of brackets would take it hours, and all webhooks behind it would wait.
/// </summary>
internal static class DeepJson
{
    /// <summary>What Meta sends has some ten levels.</summary>
    public const int MostDepth = 256;

    /// <summary>Returns the JSON with every value that is nested deeper as its text, in time that grows with the length alone.</summary>
    /// <param name="json">UTF-8.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static ReadOnlyMemory<byte> Flatten(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = json.Length + 1 });
        var flat = new ArrayBufferWriter<byte>(json.Length + 2);
        var copied = 0;
        while (reader.Read())
        {
            var opens = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
            if (!opens || reader.CurrentDepth < MostDepth) continue;
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            flat.Write(json[copied..start]);
            flat.Write("\""u8);
            flat.Write(JsonEncodedText.Encode(json[start..end], JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
            flat.Write("\""u8);
            copied = end;
        }

        flat.Write(json[copied..]);
        return flat.WrittenMemory;
    }
}
