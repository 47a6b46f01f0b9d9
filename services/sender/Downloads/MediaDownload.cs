using System.Net;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Security;

namespace InstaMessenger.Sender.Downloads;

/// <summary>
/// Fetches one attachment into the storage. Nothing of the other side is believed: where it leads is judged at every step by the outbound
/// guard, how much comes is counted while it comes, and what it is its bytes say.
/// </summary>
internal sealed class MediaDownload(DownloadClient client, IMediaStore store, TimeProvider clock)
{
    /// <summary>For all of it; what trickles longer is cut off.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private static readonly DownloadEnd Refused = new DownloadEnd.Never("address_refused");

    private static readonly DownloadEnd TakenBack = new DownloadEnd.Never("taken_back");

    /// <summary>Fetches it.</summary>
    /// <param name="url">Where it lies; empty when it was taken back.</param>
    /// <param name="mediaType">What it was said to be.</param>
    /// <param name="file">The name under which it is kept.</param>
    /// <param name="stopping">Ends the attempt with an exception.</param>
    public async Task<DownloadEnd> FetchAsync(string url, string mediaType, MediaFile file, CancellationToken stopping)
    {
        if (url.Length == 0) return TakenBack;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address)) return Refused;
        using var late = new CancellationTokenSource(Longest, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, late.Token);
        try
        {
            using var answer = await client.AskAsync(address, end.Token);
            if (answer is null) return new DownloadEnd.Never("too_many_redirects");
            return Refusal(answer) ?? await KeepAsync(answer, mediaType, file, end.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new DownloadEnd.Later("timeout", null);
        }
        catch (HttpRequestException error)
        {
            return OutboundRefusedException.Caused(error) ? Refused : new DownloadEnd.Later("no_answer", null);
        }
        catch (OutboundRefusedException)
        {
            return Refused;
        }
    }

    private DownloadEnd? Refusal(HttpResponseMessage answer) => answer.StatusCode switch
    {
        HttpStatusCode.OK => null,
        // Meta's links are signed and die with what they lead to.
        HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Gone =>
            new DownloadEnd.Expired($"http_{(int)answer.StatusCode}"),
        var status => new DownloadEnd.Later($"http_{(int)status}", RetryAfter(answer)),
    };

    /// <summary>How long the other side asks to wait: so long, or until a moment.</summary>
    private TimeSpan? RetryAfter(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter?.Delta ?? (answer.Headers.RetryAfter?.Date - clock.GetUtcNow());

    private async Task<DownloadEnd> KeepAsync(HttpResponseMessage answer, string mediaType, MediaFile file, CancellationToken end)
    {
        if (answer.Content.Headers.ContentLength > client.MostBytes) return new DownloadEnd.Never("too_large");
        await using var body = new CountedStream(await answer.Content.ReadAsStreamAsync(end), client.MostBytes);
        try
        {
            var head = await body.PeekAsync(Pictures.HeadBytes, end);
            if (head.Length == 0) return new DownloadEnd.Later("empty", null);
            var type = MediaSignature.Of(head.Span, mediaType) ?? (mediaType == MediaTypes.File ? MediaSignature.Unknown : null);
            if (type is null) return new DownloadEnd.Never("type_not_allowed");
            var pixels = type.MediaType == MediaTypes.Image ? Pictures.SizeOf(head.Span) : null;
            var size = await store.WriteAsync(file, body, end);
            return new DownloadEnd.Kept(new KeptMedia(type.MimeType, size, pixels?.Width, pixels?.Height));
        }
        catch (Exception) when (body.Fault is not null && !end.IsCancellationRequested)
        {
            return body.IsTooLarge ? new DownloadEnd.Never("too_large") : new DownloadEnd.Later("broken_off", null);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new DownloadEnd.NotStored(error);
        }
    }
}
