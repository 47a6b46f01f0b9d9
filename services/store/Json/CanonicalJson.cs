using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace InstaMessenger.Store.Json;

/// <summary>Compares JSON by what it says: white space, escapes and the order of members make no difference.</summary>
internal static class CanonicalJson
{
    /// <summary>Deeper parts are compared as they are written, because walking into them would need a stack as deep.</summary>
    private const int MostDepth = 256;

    /// <summary>SHA-256 of an object's canonical form, as lower-case hex.</summary>
    /// <param name="root">An object.</param>
    /// <param name="except">A member of the root that does not count.</param>
    public static string Hash(JsonElement root, string except) =>
        Hash(writer => WriteObject(writer, root.EnumerateObject().Where(member => member.Name != except), MostDepth));

    /// <summary>SHA-256 of any value's canonical form, as lower-case hex.</summary>
    public static string Hash(JsonElement value) => Hash(writer => Write(writer, value, MostDepth));

    private static string Hash(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) write(writer);
        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object or JsonValueKind.Array when depth == 0:
                writer.WriteStringValue(value.GetRawText());
                break;
            case JsonValueKind.Object:
                WriteObject(writer, value.EnumerateObject(), depth);
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(writer, item, depth - 1);
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, IEnumerable<JsonProperty> members, int depth)
    {
        writer.WriteStartObject();
        foreach (var member in members.OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            writer.WritePropertyName(member.Name);
            Write(writer, member.Value, depth - 1);
        }

        writer.WriteEndObject();
    }
}
