using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace InstaMessenger.Client.Http;

/// <summary>The product's JSON: snake_case, RFC 3339 times; what has no value is not sent.</summary>
internal static class ClientJson
{
    /// <summary>As deep as the product writes, which passes Meta's own JSON on.</summary>
    public const int MostDepth = 512;

    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = MostDepth,
    };
}
