using InstaMessenger.Hosting.Media;
using Microsoft.Net.Http.Headers;

namespace InstaMessenger.Store.Media;

/// <summary>Headers with which a browser shows a stranger's file and nothing more: it runs nothing of it and guesses nothing.</summary>
internal static class MediaHeaders
{
    public static void Set(HttpResponse response, string name, string mimeType)
    {
        var headers = response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // Not no-store like all else: a list that is scrolled would fetch the same pictures again and again. For this caller alone, and
        // asked for again after a minute, since it may be taken back; until then the browser shows it without asking.
        headers.CacheControl = "private, max-age=60, must-revalidate";
        var shown = mimeType.Split('/')[0] is "image" or "video" or "audio";
        headers.ContentDisposition = new ContentDispositionHeaderValue(shown ? "inline" : "attachment")
        {
            FileName = $"{name}.{MediaSignature.ExtensionOf(mimeType)}",
        }.ToString();
    }
}
