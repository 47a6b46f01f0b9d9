using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Tests;

/// <summary>A part of the OpenAPI document that is kept in a file, because types are made of it where the product does not run.</summary>
internal static class OpenApiPart
{
    /// <summary>Set to 1, the file is written anew from what the product serves.</summary>
    private const string Write = "WRITE_OPENAPI";

    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Fails when the file is not what the product serves of some paths, with the schemas that they need.</summary>
    public static async Task ShouldBeServedAsync(HttpClient product, string title, IReadOnlyList<string> called, params string[] file)
    {
        var served = JsonNode.Parse(await product.GetStringAsync("/openapi/v1.json"))!;
        var part = PartOf(served, title, called).ToJsonString(Readable).ReplaceLineEndings("\n") + "\n";
        var path = RepositoryRoot.Of(file);
        if (Environment.GetEnvironmentVariable(Write) == "1") await File.WriteAllTextAsync(path, part);
        JsonNode.DeepEquals(JsonNode.Parse(await File.ReadAllTextAsync(path)), JsonNode.Parse(part)).ShouldBeTrue(
            $"The interface has changed: run the tests *DocumentTests with {Write}=1, build again, and mend what does not compile.");
    }

    private static JsonObject PartOf(JsonNode served, string title, IReadOnlyList<string> called)
    {
        var all = served["paths"]!.AsObject();
        called.Where(path => !all.ContainsKey(path)).ShouldBeEmpty("what is called and the document does not have");
        var paths = new JsonObject(
            called.Order(StringComparer.Ordinal).Select(path => KeyValuePair.Create(path, (JsonNode?)all[path]!.DeepClone())));
        // Types are made of schemas.
        DropExamples(paths);
        var schemas = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        Collect(paths);
        return new JsonObject
        {
            ["openapi"] = served["openapi"]!.DeepClone(),
            ["info"] = new JsonObject { ["title"] = title, ["version"] = "v1" },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject(schemas.Select(schema => KeyValuePair.Create(schema.Key, (JsonNode?)schema.Value))),
            },
        };

        static void DropExamples(JsonNode? node)
        {
            if (node is JsonArray items) foreach (var item in items) DropExamples(item);
            if (node is not JsonObject members) return;
            members.Remove("example");
            members.Remove("examples");
            foreach (var (_, value) in members) DropExamples(value);
        }

        void Collect(JsonNode? node)
        {
            switch (node)
            {
                case JsonObject members:
                    foreach (var (name, value) in members)
                    {
                        if (name == "$ref") Add(value!.GetValue<string>().Split('/')[^1]);
                        else Collect(value);
                    }

                    break;
                case JsonArray items:
                    foreach (var item in items) Collect(item);
                    break;
            }
        }

        void Add(string name)
        {
            if (schemas.ContainsKey(name)) return;
            schemas[name] = served["components"]!["schemas"]![name]!.DeepClone();
            Collect(schemas[name]);
        }
    }
}
