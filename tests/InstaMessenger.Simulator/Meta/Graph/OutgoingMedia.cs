using System.Security.Cryptography;
using InstaMessenger.Simulator.Records;

namespace InstaMessenger.Simulator.Meta.Graph;

/// <summary>Fetches what is attached to a send during the call, as Meta does, and refuses what Meta would.</summary>
internal sealed class OutgoingMedia(RecordLog<FetchedMedia> fetched) : IDisposable
{
    private const int MiB = 1024 * 1024;

    /// <summary>Without a credential, and without a word of what is expected.</summary>
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>
    /// Whether an address is one of the product's own for uploads. These are fetched always: they are made for that, while others in tests
    /// may lead nowhere.
    /// </summary>
    public static bool IsUpload(string url) => url.Contains("/media/outbound/", StringComparison.Ordinal);

    public async Task<GraphError?> RefusalAsync(string url, string? type)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address)) return GraphError.UnfetchableMedia;
        try
        {
            using var answer = await _http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead);
            if (!answer.IsSuccessStatusCode) return GraphError.UnfetchableMedia;
            if (!IsType(type, answer.Content.Headers.ContentType?.MediaType)) return GraphError.WrongMedia;
            var most = (type == "image" ? 8 : 25) * MiB;
            await using var body = await answer.Content.ReadAsStreamAsync();
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var (buffer, size) = (new byte[64 * 1024], 0L);
            while (await body.ReadAsync(buffer) is > 0 and var read)
            {
                if ((size += read) > most) return GraphError.MediaTooLarge;
                hash.AppendData(buffer, 0, read);
            }

            if (size == 0) return GraphError.WrongMedia;
            fetched.Add(new(url, answer.Content.Headers.ContentType!.MediaType!, size, Convert.ToHexStringLower(hash.GetHashAndReset())));
            return null;
        }
        catch (Exception failure) when (
            failure is HttpRequestException or IOException or OperationCanceledException or NotSupportedException)
        {
            return GraphError.UnfetchableMedia;
        }
    }

    public void Dispose() => _http.Dispose();

    private static bool IsType(string? type, string? mime) => type switch
    {
        "image" => mime is "image/jpeg" or "image/png" or "image/gif",
        "video" => mime is "video/mp4" or "video/ogg" or "video/x-msvideo" or "video/quicktime" or "video/webm",
        "audio" => mime is "audio/aac" or "audio/mp4" or "audio/wav" or "video/mp4",
        "file" => mime is "application/pdf",
        _ => true,
    };
}

/// <summary>A file that Meta fetched for a send.</summary>
/// <param name="Url">Where.</param>
/// <param name="MimeType">What it was said to be.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record FetchedMedia(string Url, string MimeType, long Size, string Sha256);
