using System.Text.Json;
using static InstaMessenger.Simulator.Meta.Graph.SendRequest;

namespace InstaMessenger.Simulator.Meta.Graph;

/// <summary>Meta's limits on quick replies and templates.</summary>
internal static class Templates
{
    /// <summary>What is wrong with a message; null when nothing is.</summary>
    public static string? FaultOf(JsonElement? message)
    {
        if (Member(message, "quick_replies") is { } replies && QuickReplies(message, replies) is { } fault) return fault;
        if (String(Member(message, "attachment"), "type") != "template") return null;
        var payload = Member(Member(message, "attachment"), "payload");
        return String(payload, "template_type") switch
        {
            "generic" => Generic(payload),
            "button" => String(payload, "text") is { Length: > 0 and <= 640 }
                ? Buttons(Member(payload, "buttons"), 1)
                : "Param text must be 1 to 640 characters.",
            _ => "Param template_type must be one of {GENERIC, BUTTON}",
        };
    }

    private static string? QuickReplies(JsonElement? message, JsonElement replies)
    {
        if (String(message, "text") is null) return "quick_replies must come with text.";
        if (Count(replies) is 0 or > 13) return "quick_replies takes 1 to 13.";
        return replies.EnumerateArray().All(reply => String(reply, "content_type") == "text"
            && String(reply, "title") is { Length: > 0 } && String(reply, "payload") is { Length: > 0 })
            ? null
            : "A quick reply needs content_type text, a title and a payload.";
    }

    private static string? Generic(JsonElement? payload)
    {
        if (Member(payload, "elements") is not { } elements || Count(elements) is 0 or > 10) return "elements takes 1 to 10.";
        foreach (var element in elements.EnumerateArray())
        {
            if (String(element, "title") is not { Length: > 0 and <= 80 }) return "title must be 1 to 80 characters.";
            if (String(element, "subtitle") is { Length: > 80 }) return "subtitle must be at most 80 characters.";
            string[] more = ["subtitle", "image_url", "default_action", "buttons"];
            if (!more.Any(name => Member(element, name) is not null)) return "An element needs a title and one more property.";
            if (Member(element, "default_action") is { } action
                && (String(action, "type") != "web_url" || String(action, "url") is null || Member(action, "title") is not null))
                return "default_action must be a web_url without a title.";
            if (Member(element, "buttons") is { } buttons && Buttons(buttons, 1) is { } fault) return fault;
        }

        return null;
    }

    private static string? Buttons(JsonElement? buttons, int least)
    {
        if (buttons is not { } list || Count(list) < least || Count(list) > 3) return "buttons takes 1 to 3.";
        return list.EnumerateArray().All(button => String(button, "title") is { Length: > 0 } && String(button, "type") switch
        {
            "web_url" => String(button, "url") is not null && Member(button, "payload") is null,
            "postback" => String(button, "payload") is { Length: > 0 } && Member(button, "url") is null,
            _ => false,
        }) ? null : "A button needs a title, and a url (web_url) or a payload (postback).";
    }

    private static int Count(JsonElement list) => list.ValueKind == JsonValueKind.Array ? list.GetArrayLength() : 0;
}
