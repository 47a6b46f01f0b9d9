using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace InstaMessenger.Hosting.ApiDocs;

/// <summary>
/// Puts examples into the OpenAPI document: what a client sent and what the product answered, taken from a run of its flows
/// (<c>examples.json</c>). A test holds each of them against its schema, and says how to renew them.
/// </summary>
internal static class ApiDocExamples
{
    private const string Json = "application/json";

    private static readonly Lazy<JsonObject> Known = new(Read);

    /// <summary>Describes a call that has its <c>operationId</c> already.</summary>
    public static void Describe(OpenApiOperation operation)
    {
        if (Known.Value[operation.OperationId ?? ""] is not JsonObject example) return;
        if (example["request"] is { } request) Put(operation.RequestBody?.Content, request);
        foreach (var (status, answer) in example["answers"] as JsonObject ?? [])
            if (answer is not null && operation.Responses?.TryGetValue(status, out var response) == true) Put(response.Content, answer);
    }

    private static void Put(IDictionary<string, OpenApiMediaType>? content, JsonNode example)
    {
        if (content?.TryGetValue(Json, out var body) == true) body.Example = example.DeepClone();
    }

    private static JsonObject Read()
    {
        using var file = typeof(ApiDocExamples).Assembly.GetManifestResourceStream("examples.json")!;
        return JsonNode.Parse(file)!.AsObject();
    }
}
