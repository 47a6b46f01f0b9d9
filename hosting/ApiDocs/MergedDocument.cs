using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace InstaMessenger.Hosting.ApiDocs;

/// <summary>
/// One OpenAPI document of several: what any of them has. Paths, schemas and groups stand in the order of their names, so that the product
/// has the same document to the byte, in one process or in five.
/// </summary>
public static class MergedDocument
{
    private static readonly JsonSerializerOptions Form = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256 };

    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 256 };

    /// <summary>Merges documents. Where two say something of the same thing, the first counts.</summary>
    /// <param name="documents">OpenAPI documents as UTF-8 JSON, one at least.</param>
    /// <returns>One, as UTF-8 JSON.</returns>
    /// <exception cref="JsonException">One is no JSON object.</exception>
    public static byte[] Of(IReadOnlyList<byte[]> documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var whole = Read(documents[0]);
        foreach (var other in documents.Skip(1).Select(Read))
        {
            Add(Member(whole, "paths"), Member(other, "paths"), depth: 2);
            Add(Member(whole, "components"), Member(other, "components"), depth: 2);
            whole["tags"] = new JsonArray([.. Tags(whole).Concat(Tags(other))]);
        }

        whole["paths"] = Sorted(Member(whole, "paths"));
        var components = Member(whole, "components");
        foreach (var kind in new[] { "schemas", "examples" }) components[kind] = Sorted(Member(components, kind));
        whole["tags"] = new JsonArray([.. Tags(whole).DistinctBy(NameOf).OrderBy(NameOf, StringComparer.Ordinal)]);
        return JsonSerializer.SerializeToUtf8Bytes(whole, Form);
    }

    /// <summary>Adds a sentence to what a document says of itself.</summary>
    /// <param name="document">UTF-8 JSON.</param>
    /// <returns>The document with it, as UTF-8 JSON.</returns>
    public static byte[] With(byte[] document, string sentence)
    {
        var whole = Read(document);
        var info = Member(whole, "info");
        info["description"] = $"{info["description"]} {sentence}".Trim();
        return JsonSerializer.SerializeToUtf8Bytes(whole, Form);
    }

    private static JsonObject Read(byte[] document)
    {
        var read = JsonNode.Parse(document, documentOptions: Depth) as JsonObject
            ?? throw new JsonException("This is no OpenAPI document.");
        AllowBoth(read);
        return read;
    }

    /// <summary>
    /// Where a value is null or of a schema that takes null as well, the generator says that it is one of the two alone, which null is not.
    /// </summary>
    private static void AllowBoth(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray items:
                foreach (var item in items) AllowBoth(item);
                break;
            case JsonObject members:
                if (members["oneOf"] is JsonArray choices && choices.Any(choice => choice?["type"]?.ToString() == "null"))
                {
                    members.Remove("oneOf");
                    members["anyOf"] = choices;
                }

                foreach (var (_, value) in members) AllowBoth(value);
                break;
        }
    }

    /// <summary>Adds what is missing, down to a depth: of a path its calls, of the components those of each kind.</summary>
    private static void Add(JsonObject whole, JsonObject other, int depth)
    {
        foreach (var (name, value) in other)
        {
            if (!whole.ContainsKey(name)) whole[name] = value?.DeepClone();
            else if (depth > 1 && whole[name] is JsonObject known && value is JsonObject more) Add(known, more, depth - 1);
        }
    }

    private static JsonObject Member(JsonObject of, string name)
    {
        if (of[name] is not JsonObject member) of[name] = member = [];
        return member;
    }

    private static List<JsonNode> Tags(JsonObject document) =>
        [.. (document["tags"] as JsonArray ?? []).OfType<JsonNode>().Select(tag => tag.DeepClone())];

    private static string NameOf(JsonNode tag) => tag["name"]?.GetValue<string>() ?? "";

    private static JsonObject Sorted(JsonObject members) => new(
        members.OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
}
