using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Sender.Graph;

/// <summary>
/// Reads Meta's <c>GET /me</c>. With Instagram Login the account itself answers, with Facebook Login the Page of the token, which names its
/// Instagram account (meta-platform.md 0.1, 5.1).
/// </summary>
internal static class TokenOwner
{
    private const int LongestName = 100;
    private const int LongestUrl = 2048;

    public static string FieldsOf(LoginType login) => login == LoginType.Facebook
        ? "id,name,instagram_business_account{id,username,name,profile_picture_url}"
        : "id,user_id,username,name,account_type,profile_picture_url";

    /// <summary>Says whose the token is; null when the answer names no professional account.</summary>
    public static ProvenAccount? Of(LoginType login, ReadOnlyMemory<byte> body)
    {
        using var document = GraphJson.Parse(body);
        if (document is null) return null;
        // The documentation shows the object wrapped in a list.
        var wrapped = GraphJson.List(document.RootElement, "data");
        return Of(login, wrapped.Count > 0 ? wrapped[0] : document.RootElement);
    }

    /// <summary>Reads the account itself, or the Page that names it.</summary>
    public static ProvenAccount? Of(LoginType login, JsonElement owner)
    {
        JsonElement? account = login == LoginType.Facebook ? GraphJson.Member(owner, "instagram_business_account") : owner;
        var id = GraphJson.Id(account, login == LoginType.Facebook ? "id" : "user_id");
        if (!InstagramAccountId.TryParse(id, out var instagramId)) return null;
        return new ProvenAccount(
            instagramId,
            login == LoginType.Facebook ? null : GraphJson.Id(owner, "id"),
            login == LoginType.Facebook ? GraphJson.Id(owner, "id") : null,
            Text(account, "username", LongestName),
            Text(account, "name", LongestName),
            Text(account, "profile_picture_url", LongestUrl));
    }

    private static string? Text(JsonElement? parent, string name, int longest) =>
        GraphJson.Text(parent, name) is { Length: > 0 } text && text.Length <= longest ? text : null;
}
