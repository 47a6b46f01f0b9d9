using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace InstaMessenger.Ingress.Webhooks;

/// <summary>What a webhook must be before its content is looked at.</summary>
internal static class WebhookRules
{
    public const string Path = "/webhooks/instagram";

    /// <summary>
    /// Meta puts up to 1,000 updates into one post, and with CDN addresses in them that can pass 1 MiB.
    /// </summary>
    public const int MostBytes = 5 * 1024 * 1024;

    /// <summary>
    /// As deep as a body can be: a refused webhook is lost once Meta has given up on it, and neither this reader nor the store's needs a
    /// stack for depth.
    /// </summary>
    private const int MostDepth = MostBytes;

    private const string Json = "application/json";

    public static bool IsJson(string? contentType) =>
        string.Equals(contentType, Json, StringComparison.OrdinalIgnoreCase)
        || (MediaTypeHeaderValue.TryParse(contentType, out var parsed)
            && parsed.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads the whole body; null when it is larger than <see cref="MostBytes"/>, also where no length was announced.</summary>
    public static async ValueTask<byte[]?> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            if (buffer.Length > MostBytes || read.IsCompleted)
            {
                var body = buffer.Length > MostBytes ? null : buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return body;
            }

            // Nothing is consumed, so that the body is copied once, at its end, and never into an array of an announced size.
            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Whether the bytes are one JSON object. What is in it is the store's to judge: its parser takes any.</summary>
    public static bool IsObject(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MostDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
