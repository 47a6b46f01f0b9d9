using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Sender.Checkups;

/// <summary>The webhook fields that are handled here, by login (meta-platform.md 2.2, 5.4).</summary>
internal static class WebhookFields
{
    private static readonly string[] OfInstagram =
    [
        "messages", "message_echoes", "message_reactions", "message_edit", "messaging_postbacks", "messaging_referral", "messaging_seen",
        "messaging_handover", "standby",
    ];

    /// <summary>With Facebook Login a Page is subscribed, by the Page's names; which events Instagram sends is the app's setting.</summary>
    private static readonly string[] OfPage = ["messages", "messaging_postbacks", "message_reactions", "messaging_referrals"];

    /// <summary>Those without which something is lost.</summary>
    public static IReadOnlyList<string> Wanted(LoginType login) => login == LoginType.Facebook ? ["messages"] : OfInstagram;

    /// <summary>
    /// What is tried, the most first: an app without the permission for comments is refused as a whole when it asks for them.
    /// </summary>
    public static IReadOnlyList<string[]> Tries(LoginType login) => login == LoginType.Facebook
        ? [OfPage, ["messages"]]
        : [[.. OfInstagram, "comments", "live_comments"], OfInstagram];

    /// <summary>
    /// Reads what is subscribed. A Page shows every app that subscribed it: when ours is known its fields count, else those of all.
    /// </summary>
    public static IReadOnlyList<string> Read(ReadOnlyMemory<byte> body, string? appId)
    {
        using var document = GraphJson.Parse(body);
        var apps = GraphJson.List(document?.RootElement, "data");
        var ours = apps.FindAll(app => appId is not null && GraphJson.Id(app, "id") == appId);
        return [.. (ours.Count > 0 ? ours : apps).SelectMany(FieldsOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> FieldsOf(JsonElement app) =>
        GraphJson.List(app, "subscribed_fields").Where(field => field.ValueKind == JsonValueKind.String).Select(field => field.GetString()!)
            .Where(field => field.Length is > 0 and <= 40).Take(30);
}
