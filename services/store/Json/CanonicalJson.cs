using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace InstaMessenger.Store.Outbound;

/// <summary>Compares JSON by what it says: white space, escapes and the order of members make no difference.</summary>
internal static class CanonicalJson
{
    /// <summary>SHA-256 of an object's canonical form, as lower-case hex.</summary>
    /// <param name="root">An object.</param>
    /// <param name="except">A member of the root that does not count.</param>
    public static string Hash(JsonElement root, string except)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            WriteObject(writer, root.EnumerateObject().Where(member => member.Name != except));
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(writer, value.EnumerateObject());
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, IEnumerable<JsonProperty> members)
    {
        writer.WriteStartObject();
        foreach (var member in members.OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            writer.WritePropertyName(member.Name);
            Write(writer, member.Value);
        }

        writer.WriteEndObject();
    }
}
