using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace InstaMessenger.Simulator.Meta.Webhooks;

/// <summary>Writes JSON as Meta does: compact, pure ASCII, <c>\u00e4</c> in lowercase hex, <c>/</c> as <c>\/</c>.</summary>
internal static class MetaJson
{
    public static byte[] Bytes(JsonNode node)
    {
        var json = new StringBuilder();
        Write(json, node);
        return Encoding.ASCII.GetBytes(json.ToString());
    }

    private static void Write(StringBuilder json, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                json.Append('{');
                var firstMember = true;
                foreach (var (name, value) in members)
                {
                    if (!firstMember) json.Append(',');
                    firstMember = false;
                    WriteString(json, name);
                    json.Append(':');
                    Write(json, value);
                }
                json.Append('}');
                break;
            case JsonArray items:
                json.Append('[');
                for (var i = 0; i < items.Count; i++)
                {
                    if (i > 0) json.Append(',');
                    Write(json, items[i]);
                }
                json.Append(']');
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                WriteString(json, value.GetValue<string>());
                break;
            default:
                json.Append(node?.ToJsonString() ?? "null");
                break;
        }
    }

    private static void WriteString(StringBuilder json, string value)
    {
        json.Append('"');
        foreach (var c in value)
            _ = c switch
            {
                '"' or '\\' or '/' => json.Append('\\').Append(c),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                < ' ' or > '~' => json.Append("\\u").Append(((int)c).ToString("x4")),
                _ => json.Append(c),
            };
        json.Append('"');
    }
}
