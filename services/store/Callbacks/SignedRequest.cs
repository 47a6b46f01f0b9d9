using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using InstaMessenger.Hosting.Settings;

namespace InstaMessenger.Store.Callbacks;

/// <summary>
/// What Meta posts when somebody removes the app, or asks for their data to be deleted: <c>signed_request</c>, a signature and a JSON
/// object, both in base64url, with a dot between (meta-platform.md 5.3).
/// </summary>
/// <param name="AppIds">The configured apps whose secret signed it.</param>
/// <param name="UserId">The person, by the id that they have for that app.</param>
/// <param name="Hash">SHA-256 of all of it, as 64 hex digits: the same request again is no second one.</param>
internal sealed record SignedRequest(IReadOnlyList<string> AppIds, string UserId, string Hash)
{
    private const int Longest = 8192;

    /// <summary>
    /// Reads a request that one of the apps has signed; null for every other, whatever is wrong with it. All secrets are tried, so that the
    /// time does not tell which one fits.
    /// </summary>
    public static SignedRequest? Read(string? text, IEnumerable<InstagramApp> apps)
    {
        if (text is null or { Length: > Longest } || text.IndexOf('.', StringComparison.Ordinal) is not (> 0 and var dot)) return null;
        var (given, payload) = (Decoded(text[..dot]), text[(dot + 1)..]);
        var signers = new List<string>();
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var app in apps.Where(app => app.AppSecret.Length > 0))
        {
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(app.AppSecret), Encoding.UTF8.GetBytes(payload), expected);
            if (CryptographicOperations.FixedTimeEquals(given, expected)) signers.Add(app.AppId);
        }

        return signers.Count > 0 && UserOf(Decoded(payload)) is { } user
            ? new SignedRequest(signers, user, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))))
            : null;
    }

    private static byte[] Decoded(string text)
    {
        try
        {
            return Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            return [];
        }
    }

    private static string? UserOf(byte[] payload)
    {
        try
        {
            using var json = JsonDocument.Parse(payload);
            var root = json.RootElement;
            if (!string.Equals(root.GetProperty("algorithm").GetString(), "HMAC-SHA256", StringComparison.OrdinalIgnoreCase)) return null;
            var user = root.GetProperty("user_id");
            var id = user.ValueKind == JsonValueKind.Number ? user.GetRawText() : user.GetString();
            return id is { Length: > 0 and <= 40 } && id.All(char.IsAsciiDigit) ? id : null;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
