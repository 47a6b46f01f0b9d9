using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace InstaMessenger.Simulator.Meta.Graph;

/// <summary><c>/{version}/me/messenger_profile</c>, checked as Meta checks it.</summary>
internal static class ProfileCall
{
    private static readonly string[] Parts = ["ice_breakers", "persistent_menu"];

    public static Task ShowAsync(GraphContext call)
    {
        var asked = call.Http.Request.Query["fields"].ToString().Split(',');
        var shown = new JsonObject();
        foreach (var part in Parts.Intersect(asked))
            if (ProfilesOf(call).TryGetValue(part, out var kept)) shown[part] = JsonNode.Parse(kept);
        return call.AnswerAsync(new JsonObject { ["data"] = shown.Count == 0 ? [] : new JsonArray(shown) });
    }

    public static async Task WriteAsync(GraphContext call)
    {
        using var body = await JsonDocument.ParseAsync(call.Http.Request.Body);
        if (FaultOf(body.RootElement) is { } fault)
        {
            await call.RefuseAsync(GraphError.Invalid(fault));
            return;
        }
        foreach (var part in Parts)
            if (body.RootElement.TryGetProperty(part, out var given)) ProfilesOf(call)[part] = given.GetRawText();
        await call.AnswerAsync(new JsonObject { ["result"] = "success" });
    }

    public static Task RemoveAsync(GraphContext call)
    {
        var asked = call.Http.Request.Query["fields"].ToString();
        foreach (var part in Parts.Where(part => asked.Contains($"\"{part}\"", StringComparison.Ordinal)))
            ProfilesOf(call).TryRemove(part, out _);
        return call.AnswerAsync(new JsonObject { ["result"] = "success" });
    }

    private static ConcurrentDictionary<string, string> ProfilesOf(GraphContext call) =>
        call.Meta.Profiles.GetOrAdd(call.Account!.Id, _ => new());

    private static string? FaultOf(JsonElement body)
    {
        if (SendRequest.String(body, "platform") != "instagram") return "platform must be instagram.";
        string[] known = ["platform", .. Parts];
        if (body.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !known.Contains(name)) is { } odd)
            return $"Invalid keys \"{odd}\" were found in param.";
        foreach (var part in Parts)
        {
            if (!body.TryGetProperty(part, out var list)) continue;
            foreach (var locale in list.EnumerateArray())
            {
                if (SendRequest.String(locale, "locale") is null) return $"{part}.locale is required.";
                var taps = locale.GetProperty("call_to_actions").EnumerateArray().ToList();
                if (taps.Count == 0 || taps.Count > (part == "ice_breakers" ? 4 : 20)) return $"{part} has {taps.Count} call_to_actions.";
                if (taps.Any(tap => !(part == "ice_breakers" ? IsQuestion(tap) : IsItem(tap))))
                    return $"{part} has an invalid call_to_action.";
            }
        }
        return null;
    }

    private static bool IsQuestion(JsonElement tap) => Has(tap, "question", "payload");

    private static bool IsItem(JsonElement tap) => SendRequest.String(tap, "type") switch
    {
        "postback" => Has(tap, "type", "title", "payload"),
        "web_url" => Has(tap, "type", "title", "url"),
        _ => false,
    };

    private static bool Has(JsonElement tap, params string[] names) =>
        tap.EnumerateObject().Select(member => member.Name).Order().SequenceEqual(names.Order())
        && names.All(name => SendRequest.String(tap, name) is { Length: > 0 });
}
