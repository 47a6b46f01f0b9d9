using System.Net;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Security;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.Downloads;

/// <summary>Asks for an attachment where it lies, through the outbound guard, also behind redirects.</summary>
internal sealed class DownloadClient(OutboundGuard guard, IOptions<MediaOptions> options) : IDisposable
{
    /// <summary>Meta's links lead to the CDN in one step.</summary>
    private const int MostRedirects = 3;

    private readonly HttpClient _http = new(guard.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The largest file that is taken.</summary>
    public long MostBytes => options.Value.MostBytes;

    /// <summary>Gives the answer with its head read and its body not; null behind too many redirects.</summary>
    public async Task<HttpResponseMessage?> AskAsync(Uri address, CancellationToken cancellationToken)
    {
        for (var redirects = 0; redirects <= MostRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!IsRedirect(answer.StatusCode) || answer.Headers.Location is not { } next) return answer;
            answer.Dispose();
            // The guard judges this one like the first.
            address = new Uri(address, next);
        }

        return null;
    }

    public void Dispose() => _http.Dispose();

    private static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
}
