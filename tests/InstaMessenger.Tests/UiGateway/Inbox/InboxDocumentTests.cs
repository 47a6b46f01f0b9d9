using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using InstaMessenger.Tests.Shared;
using InstaMessenger.Tests.Store;

namespace InstaMessenger.Tests.UiGateway.Inbox;

/// <summary>
/// The inbox takes its types from <c>services/ui-gateway/web/openapi.json</c>: what it calls, and nothing else, so that a change elsewhere
/// in the interface needs none there.
/// </summary>
public sealed class InboxDocumentTests
{
    /// <summary>Set to 1, the document is written anew from what the product serves.</summary>
    private const string Write = "WRITE_OPENAPI";

    /// <summary>What the inbox calls; under <c>/ui</c> are the same answers, which the document does not say twice.</summary>
    private static readonly string[] Called =
    [
        "/api/v1/me", "/ui/session", "/api/v1/accounts", "/api/v1/conversations", "/api/v1/conversations/{id}",
        "/api/v1/conversations/{id}/messages",
        "/api/v1/conversations/{id}/read", "/api/v1/conversations/{id}/unread", "/api/v1/conversations/{id}/typing",
        "/api/v1/conversations/{id}/presence", "/api/v1/counters", "/api/v1/search", "/api/v1/canned-replies",
        "/api/v1/canned-replies/{id}",
        "/api/v1/messages/send", "/api/v1/messages/{message_id}", "/api/v1/messages/{message_id}/reaction",
        "/api/v1/messages/{message_id}/retry",
    ];

    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task The_types_of_the_inbox_come_from_what_the_product_serves()
    {
        await using var store = await StoreOverHttp.StartAsync();
        var served = JsonNode.Parse(await store.Http.GetStringAsync("/openapi/v1.json"))!;

        var part = PartOf(served).ToJsonString(Readable).ReplaceLineEndings("\n") + "\n";

        var file = RepositoryRoot.Of("services", "ui-gateway", "web", "openapi.json");
        if (Environment.GetEnvironmentVariable(Write) == "1") await File.WriteAllTextAsync(file, part);
        JsonNode.DeepEquals(JsonNode.Parse(await File.ReadAllTextAsync(file)), JsonNode.Parse(part)).ShouldBeTrue(
            $"The interface has changed: run this test with {Write}=1, build the inbox again, and mend what does not compile.");
    }

    private static JsonObject PartOf(JsonNode served)
    {
        var all = served["paths"]!.AsObject();
        Called.Where(path => !all.ContainsKey(path)).ShouldBeEmpty("the inbox calls what the document does not have");
        var paths = new JsonObject(
            Called.Order(StringComparer.Ordinal).Select(path => KeyValuePair.Create(path, (JsonNode?)all[path]!.DeepClone())));
        var schemas = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        Collect(paths);
        return new JsonObject
        {
            ["openapi"] = served["openapi"]!.DeepClone(),
            ["info"] = new JsonObject { ["title"] = "What the inbox calls", ["version"] = "v1" },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject(schemas.Select(schema => KeyValuePair.Create(schema.Key, (JsonNode?)schema.Value))),
            },
        };

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
