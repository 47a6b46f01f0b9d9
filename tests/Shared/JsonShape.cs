using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace InstaMessenger.Tests.Shared;

/// <summary>Holds JSON against a schema of an OpenAPI 3.1 document: as much of JSON Schema as ours use.</summary>
/// <param name="document">The document, in which references are looked up.</param>
/// <param name="anyTime">Whether a time may have any zone, as in what clients send.</param>
internal sealed partial class JsonShape(JsonObject document, bool anyTime = false)
{
    /// <summary>What is wrong with a value; empty when nothing is.</summary>
    public IReadOnlyList<string> Faults(JsonNode? value, JsonNode? schema, string at = "$")
    {
        if (schema is not JsonObject rules) return [];
        if (rules["$ref"]?.GetValue<string>() is { } reference) return Faults(value, Resolve(reference), at);
        var faults = new List<string>();
        foreach (var part in rules["allOf"] as JsonArray ?? []) faults.AddRange(Faults(value, part, at));
        if ((rules["oneOf"] ?? rules["anyOf"]) is JsonArray choices && choices.All(choice => Faults(value, choice, at).Count > 0))
            faults.Add($"{at}: {Shown(value)} is none of its {choices.Count} forms: " + string.Join("; ", choices.SelectMany(
                choice => Faults(value, choice, at)).Take(4)));
        if (rules["type"] is { } type && !IsOf(value, type)) faults.Add($"{at}: {Shown(value)} is no {type.ToJsonString()}");
        if (rules["enum"] is JsonArray words && !words.Any(word => JsonNode.DeepEquals(word, value)))
            faults.Add($"{at}: {Shown(value)} is none of {words.ToJsonString()}");
        if (rules["format"]?.GetValue<string>() == "date-time" && value is JsonValue time && !IsTime(time.ToString()))
            faults.Add($"{at}: {Shown(value)} is no time of RFC 3339 in UTC with milliseconds");
        if (value is JsonObject members) faults.AddRange(OfMembers(members, rules, at));
        if (value is JsonArray items && rules["items"] is { } item)
            faults.AddRange(items.SelectMany((entry, index) => Faults(entry, item, $"{at}[{index}]")));
        return faults;
    }

    /// <summary>What a reference within the document names.</summary>
    public JsonNode? Resolve(string reference) => reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries)
        .Aggregate((JsonNode?)document, (node, part) => node?[part.Replace("~1", "/", StringComparison.Ordinal)]);

    private IEnumerable<string> OfMembers(JsonObject members, JsonObject rules, string at)
    {
        var known = rules["properties"] as JsonObject ?? [];
        foreach (var name in (rules["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>()))
            if (!members.ContainsKey(name)) yield return $"{at}: {name} is missing";
        foreach (var (name, value) in members)
        {
            if (known[name] is { } schema)
            {
                foreach (var fault in Faults(value, schema, $"{at}.{name}")) yield return fault;
            }
            else if (rules["additionalProperties"] is JsonObject others)
            {
                foreach (var fault in Faults(value, others, $"{at}.{name}")) yield return fault;
            }
            else if (rules["additionalProperties"] is JsonValue no && no.GetValueKind() == JsonValueKind.False)
            {
                yield return $"{at}: {name} is not documented";
            }
        }
    }

    private static bool IsOf(JsonNode? value, JsonNode type) => type is JsonArray several
        ? several.Any(one => Is(value, one!.GetValue<string>()))
        : Is(value, type.GetValue<string>());

    private static bool Is(JsonNode? value, string type) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "number" => value?.GetValueKind() == JsonValueKind.Number,
        "integer" => value?.GetValueKind() == JsonValueKind.Number && !value.ToJsonString().Contains('.', StringComparison.Ordinal),
        _ => false,
    };

    private bool IsTime(string text) => anyTime ? AnyTime().IsMatch(text) : Time().IsMatch(text);

    private static string Shown(JsonNode? value) => value?.ToJsonString() is { } text ? text[..Math.Min(text.Length, 80)] : "null";

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", RegexOptions.NonBacktracking)]
    private static partial Regex Time();

    [GeneratedRegex(
        @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex AnyTime();
}
