using System.Text.Json;

namespace InstaMessenger.Simulator.Meta.Graph;

/// <summary>The keys of a Send API body, by the member that their object stands in. Meta refuses any other, however deep.</summary>
internal static class KnownKeys
{
    private static readonly Dictionary<string, string[]> ByPlace = new()
    {
        [""] = ["recipient", "message", "messaging_type", "tag", "reply_to", "sender_action", "payload", "platform"],
        ["recipient"] = ["id", "comment_id"],
        ["reply_to"] = ["mid"],
        ["message"] = ["text", "attachment", "attachments", "quick_replies"],
        ["attachment"] = ["type", "payload"],
        ["attachments"] = ["type", "payload"],
        ["payload"] =
            ["url", "attachment_id", "is_reusable", "id", "template_type", "text", "elements", "buttons", "message_id", "reaction"],
        ["quick_replies"] = ["content_type", "title", "payload", "image_url"],
        ["elements"] = ["title", "subtitle", "image_url", "default_action", "buttons"],
        ["default_action"] = ["type", "url"],
        ["buttons"] = ["type", "title", "url", "payload"],
    };

    /// <summary>Says which key is not known; null when all are.</summary>
    public static string? FaultOf(JsonElement element, string place = "")
    {
        if (element.ValueKind == JsonValueKind.Array)
            return element.EnumerateArray().Select(entry => FaultOf(entry, place)).FirstOrDefault(fault => fault is not null);
        if (element.ValueKind != JsonValueKind.Object) return null;
        foreach (var member in element.EnumerateObject())
        {
            if (ByPlace.GetValueOrDefault(place)?.Contains(member.Name) != true)
                return $"Invalid keys \"{member.Name}\" were found in param{(place.Length > 0 ? $" {place}" : "")}.";
            if (FaultOf(member.Value, member.Name) is { } fault) return fault;
        }

        return null;
    }
}
