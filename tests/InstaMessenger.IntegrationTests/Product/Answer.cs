using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>
/// An answer of the product as a client sees it: read without any type of the product's, so that a renamed member is noticed.
/// </summary>
internal sealed record Answer(string Request, int Status, HttpResponseHeaders Headers, string? ContentType, string Body)
{
    /// <summary>The body, which must be JSON.</summary>
    public JsonNode Json => JsonNode.Parse(Body) ?? throw new InvalidOperationException($"{Request}: no JSON");

    /// <summary>The body of an answer that must have this status.</summary>
    public JsonNode Expect(int status)
    {
        Status.ShouldBe(status, $"{Request}: {Body}");
        return Body.Length == 0 ? new JsonObject() : Json;
    }

    /// <summary>An RFC 9457 problem with this status and, when given, this code.</summary>
    public JsonNode ExpectProblem(int status, string? code = null)
    {
        Status.ShouldBe(status, $"{Request}: {Body}");
        ContentType.ShouldBe("application/problem+json", Request);
        var problem = Json;
        (problem.Text("code") ?? "").ShouldMatch("^[a-z][a-z0-9_]+$", $"{Request}: {Body}");
        (problem.Text("trace_id") ?? "").ShouldMatch("^[0-9a-f]{32}$", $"{Request}: {Body}");
        if (code is not null) problem.Text("code").ShouldBe(code, Request);
        return problem;
    }
}

internal static class JsonPaths
{
    /// <summary>The text at a path like <c>data.message.text</c>; null when it is null or any part of the path is missing.</summary>
    public static string? Text(this JsonNode? node, string path) => node.At(path)?.ToString();

    public static JsonNode? At(this JsonNode? node, string path)
    {
        foreach (var part in path.Split('.'))
        {
            node = node is JsonArray list ? (int.Parse(part) < list.Count ? list[int.Parse(part)] : null) : (node as JsonObject)?[part];
        }

        return node;
    }

    /// <summary>The items of a list at a path; empty when there is none.</summary>
    public static IReadOnlyList<JsonNode> Items(this JsonNode? node, string path = "data") =>
        [.. (node.At(path) as JsonArray ?? []).OfType<JsonNode>()];
}
