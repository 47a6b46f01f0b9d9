using System.Globalization;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Http.Bodies;
using Microsoft.AspNetCore.Http.Features;

namespace InstaMessenger.UiGateway.Edge;

/// <summary>
/// Limits how large a request may be. An announced length is refused at once. One that is not announced is cut off by Kestrel, which counts
/// the framing of the chunks too.
/// </summary>
internal static class RequestSizes
{
    private const long MiB = 1024 * 1024;

    /// <summary>Enough for text and ids.</summary>
    private const long Api = MiB;

    /// <summary>Enough for the 1,000 updates that Meta puts into one post.</summary>
    private const long Webhook = 5 * MiB;

    public static Task LimitAsync(HttpContext context, RequestDelegate next)
    {
        var limit = LimitOf(context.Request);
        if (context.Request.ContentLength > limit)
        {
            return Problems.Of(
                StatusCodes.Status413PayloadTooLarge,
                "payload_too_large",
                string.Create(CultureInfo.InvariantCulture, $"At most {limit / MiB} MiB are taken here.")).ExecuteAsync(context);
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = limit;
        return next(context);
    }

    private static long LimitOf(HttpRequest request)
    {
        if (request.Path.StartsWithSegments("/webhooks", StringComparison.OrdinalIgnoreCase)) return Webhook;
        return UploadRequest.Is(request) ? UploadRequest.MostBytes : Api;
    }
}
