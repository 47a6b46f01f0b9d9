using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>
/// The document of a product, held against each answer that a test gets of it: an answer with a status, a content type, a member or a code
/// that is not documented fails the test that got it.
/// </summary>
internal sealed class ApiContract
{
    /// <summary>Of the gateway or of the server itself, whatever is called: no call documents them.</summary>
    private static readonly int[] OfNoCall = [405, 408, 502, 504];

    private static readonly ConcurrentDictionary<Uri, bool> Held = new();

    private static readonly ConcurrentDictionary<Uri, ApiContract> Known = new();

    private readonly ConcurrentDictionary<string, bool> _succeeded = new(StringComparer.Ordinal);
    private readonly JsonShape _shape;
    private readonly JsonShape _sent;
    private readonly List<(string[] Parts, string Path, JsonObject Calls)> _paths;

    private ApiContract(JsonObject document)
    {
        _shape = new JsonShape(document);
        _sent = new JsonShape(document, anyTime: true);
        IsWhole = document["info"]?["description"]?.ToString().Contains("It lacks", StringComparison.Ordinal) != true;
        // A part that is fixed says more than one that is not: messages/send is no message.
        _paths = [.. document["paths"]!.AsObject().Select(path => (path.Key.Split('/'), path.Key, path.Value!.AsObject()))
            .OrderBy(path => path.Item1.Count(IsVariable))];
    }

    /// <summary>Whether no service is missing: a gateway whose services had no time for it yet says so, and asks them again soon.</summary>
    public bool IsWhole { get; }

    /// <summary>Every call, like <c>GET /api/v1/me</c>.</summary>
    public IEnumerable<string> Calls => _paths.SelectMany(
        path => path.Calls.Select(call => $"{call.Key.ToUpperInvariant()} {path.Path}"));

    /// <summary>The calls that were answered with 2xx since the product was started.</summary>
    public ICollection<string> Succeeded => _succeeded.Keys;

    /// <summary>The document of a product, read again.</summary>
    public static async Task<ApiContract> ReadAsync(Uri door, HttpClient http)
    {
        var read = new ApiContract(JsonNode.Parse(await http.GetStringAsync(new Uri(door, "/openapi/v1.json")))!.AsObject());
        if (Known.TryGetValue(door, out var before))
            foreach (var call in before.Succeeded) read._succeeded[call] = true;
        // Nothing would hold the answers that it lacks.
        return read.IsWhole ? Known[door] = read : read;
    }

    /// <summary>Has every answer of a product be as its document says. Without it no answer is looked at.</summary>
    public static void Hold(Uri door) => Held[door] = true;

    /// <summary>Fails when an answer is not as the document says.</summary>
    public static async Task CheckAsync(Uri door, HttpClient http, HttpMethod method, string path, Answer answer, string? sent = null)
    {
        if (!Held.ContainsKey(door)) return;
        if (!Known.TryGetValue(door, out var contract))
        {
            try
            {
                contract = await ReadAsync(door, http);
            }
            catch (HttpRequestException)
            {
                // Nobody is there to say: tests of outages call too.
                return;
            }
        }

        contract.Faults(method.Method, path, answer, sent).ShouldBeEmpty($"{answer.Request}: {answer.Status} {answer.Body}");
    }

    private List<string> Faults(string method, string path, Answer answer, string? sent)
    {
        path = path.Split('?')[0].TrimEnd('/');
        // The inbox's paths have the same answers, and the document does not say them twice.
        if (path.StartsWith("/ui/", StringComparison.Ordinal) && path != "/ui/session") path = "/api/v1" + path[3..];
        var parts = path.Split('/');
        var found = _paths.Find(known => known.Parts.Length == parts.Length
            && known.Parts.Zip(parts).All(pair => IsVariable(pair.First) || pair.First == pair.Second));
        if (found.Calls is null || OfNoCall.Contains(answer.Status)) return [];
        if (found.Calls[method.ToLowerInvariant()] is not JsonObject call) return [$"{method} {found.Path} is not documented"];
        if (call["responses"]?[answer.Status.ToString()] is not JsonObject response) return ["the status is not documented"];
        List<string> faults = [];
        if (answer.Status < 300)
        {
            _succeeded[$"{method} {found.Path}"] = true;
            // Some clients send an empty object where nothing is taken.
            if (sent is not (null or "{}")) faults.AddRange(OfRequest(call, sent));
            if (sent is not (null or "{}") || answer.ContentType == "application/json") ApiExamples.Note(call, sent, answer);
        }

        if (answer.Body.Length == 0) return faults;
        var contents = response["content"];
        if ((contents?[answer.ContentType ?? ""] ?? contents?["*/*"]) is not JsonObject content)
            return [$"{answer.ContentType} is not documented"];
        if (answer.ContentType?.EndsWith("json", StringComparison.Ordinal) != true) return faults;
        faults.AddRange(_shape.Faults(answer.Json, content["schema"]));
        if (answer.Status >= 400 && content["examples"]?[answer.Json.Text("code") ?? ""] is null) faults.Add("the code is not documented");
        return faults;
    }

    /// <summary>What the document does not let a client send, and the product took.</summary>
    private IEnumerable<string> OfRequest(JsonObject call, string sent) =>
        call["requestBody"]?["content"]?["application/json"]?["schema"] is { } schema
            ? _sent.Faults(JsonNode.Parse(sent), schema, "request")
            : ["the request has no documented body"];

    private static bool IsVariable(string part) => part.StartsWith('{');
}
