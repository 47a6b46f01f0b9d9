using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace InstaMessenger.Hosting.Http;

/// <summary>
/// The <c>ETag</c> of what a client sees of a thing: the same as long as it sees the same. It is made of the answer itself, so it needs no
/// version in any table, and changes whoever has changed the thing.
/// </summary>
internal static class EntityTag
{
    private const int Bytes = 16;

    /// <summary>A secret stands only in the answer that made it, and changes nothing of what is seen later.</summary>
    private static readonly string[] Secrets = ["key", "secret", "webhook_secret"];

    /// <summary>Makes the tag of an answer's body.</summary>
    /// <param name="view">What the answer shows.</param>
    /// <returns>The tag, in its quotes.</returns>
    public static string Of(object view)
    {
        var shown = JsonSerializer.SerializeToNode(view, view.GetType(), ApiJson.Options);
        if (shown is JsonObject members)
            foreach (var secret in Secrets) members.Remove(secret);
        var hash = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(shown, ApiJson.Options));
        return $"\"{Convert.ToHexStringLower(hash.AsSpan(0, Bytes))}\"";
    }
}
