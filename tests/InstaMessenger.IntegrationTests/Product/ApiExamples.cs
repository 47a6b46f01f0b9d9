using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>
/// What the OpenAPI document shows as examples: of each call the fullest request and answers of the flow that makes every call. With
/// <c>WRITE_EXAMPLES=1</c> that flow writes them anew.
/// </summary>
internal static partial class ApiExamples
{
    private const int Longest = 4_000;

    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, IndentSize = 1, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly ConcurrentDictionary<(string Call, string Part), string> Noted = new();

    private static bool IsWanted { get; } = Environment.GetEnvironmentVariable("WRITE_EXAMPLES") == "1";

    public static void Note(JsonObject call, string? sent, Answer answer)
    {
        if (!IsWanted) return;
        var id = call["operationId"]!.GetValue<string>();
        if (sent is not (null or "{}")) Keep(id, "request", sent);
        if (answer.ContentType == "application/json") Keep(id, answer.Status.ToString(), Shortened(answer.Json).ToJsonString());
    }

    public static async Task WriteAsync()
    {
        if (!IsWanted) return;
        var all = new JsonObject();
        foreach (var call in Noted.GroupBy(noted => noted.Key.Call).OrderBy(call => call.Key, StringComparer.Ordinal))
        {
            var (example, answers) = (new JsonObject(), new JsonObject());
            foreach (var ((_, part), json) in call.OrderBy(noted => noted.Key.Part, StringComparer.Ordinal))
            {
                if (part == "request") example["request"] = JsonNode.Parse(Cleaned(json));
                else answers[part] = JsonNode.Parse(Cleaned(json));
            }

            if (answers.Count > 0) example["answers"] = answers;
            all[call.Key] = example;
        }

        // It takes a fault to be answered.
        all["postSendsByMessageIdSettle"] = new JsonObject { ["request"] = new JsonObject { ["outcome"] = "failed" } };
        await File.WriteAllTextAsync(RepositoryRoot.Of("hosting", "ApiDocs", "examples.json"), all.ToJsonString(Readable) + "\n");
    }

    private static void Keep(string call, string part, string json)
    {
        if (json.Length > Longest) return;
        Noted.AddOrUpdate((call, part), json, (_, before) => before.Length >= json.Length ? before : json);
    }

    /// <summary>One entry of a list shows what they are like.</summary>
    private static JsonNode Shortened(JsonNode answer)
    {
        if (answer["data"] is JsonArray { Count: > 1 } list)
            while (list.Count > 1) list.RemoveAt(list.Count - 1);
        return answer;
    }

    /// <summary>Nothing of the machine that it was made on, and nothing that looks like a secret that somebody has lost.</summary>
    private static string Cleaned(string json)
    {
        json = Address().Replace(json, "https://shop.example");
        json = Secret().Replace(json, match => match.Groups["kind"].Value + "the_secret_of_the_example");
        json = Token().Replace(json, "the.token.of.the.example");
        return MetaToken().Replace(json, "the_token_of_the_example");
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+", RegexOptions.NonBacktracking)]
    private static partial Regex Address();

    [GeneratedRegex(@"\b(?<kind>sk_|whsec_)[A-Za-z0-9+/=_-]{16,}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Secret();

    [GeneratedRegex(@"\beyJ[A-Za-z0-9._-]{20,}", RegexOptions.NonBacktracking)]
    private static partial Regex Token();

    [GeneratedRegex(@"\bIGAA-[A-Za-z0-9._-]+", RegexOptions.NonBacktracking)]
    private static partial Regex MetaToken();
}
