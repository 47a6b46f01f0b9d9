using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Hosting.Http.Bodies;

/// <summary>
/// Requests that carry a file. Each door must know them before it knows who asks: they are larger than others, take longer on a slow line,
/// and are passed on as they come.
/// </summary>
public static class UploadRequest
{
    /// <summary>The largest, in bytes: 25 MiB, the most that Instagram takes, and one for the other fields.</summary>
    public const long MostBytes = 26 * 1024 * 1024;

    /// <summary>The slowest line that is waited for, in bytes a second: a quarter of a megabit.</summary>
    private const long SlowestLine = 32 * 1024;

    /// <summary>Whether a request may carry a file, whoever makes it.</summary>
    /// <param name="request">Any request.</param>
    /// <returns>True for the calls that take a form, when they bring one.</returns>
    public static bool Is(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return HttpMethods.IsPost(request.Method)
            && request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true
            && (request.Path.StartsWithSegments("/api/v1/media", StringComparison.OrdinalIgnoreCase)
                || request.Path.StartsWithSegments("/api/v1/messages/send", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// How long its body may take beyond the deadline of others. Only with a credential: whoever makes one up is refused by the head of the
    /// request, at once, so no stranger gets this time.
    /// </summary>
    internal static TimeSpan Patience(HttpRequest request)
    {
        var hasCredential = request.Headers.Authorization.Count > 0 || request.Headers.Cookie.Count > 0;
        var bytes = Math.Min(request.ContentLength ?? MostBytes, MostBytes);
        return hasCredential && Is(request) ? TimeSpan.FromSeconds((double)bytes / SlowestLine) : TimeSpan.Zero;
    }
}
