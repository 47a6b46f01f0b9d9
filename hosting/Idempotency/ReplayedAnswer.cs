using System.Text.Json;
using InstaMessenger.Hosting.Http;
using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Hosting.Idempotency;

/// <summary>The first answer to a key, again.</summary>
/// <param name="content">What was kept.</param>
internal sealed class ReplayedAnswer(KeptContent content) : IResult
{
    /// <summary>Says that an answer is a first one's repetition.</summary>
    public const string Header = "Idempotent-Replayed";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = content.Status;
        response.Headers[Header] = "true";
        if (content.Location is { } location) response.Headers.Location = location;
        if (content.Body.Length == 0) return Task.CompletedTask;
        if (httpContext.GetEndpoint()?.Metadata.GetMetadata<Tagged>() is not null)
            response.Headers.ETag = EntityTag.Of(JsonElement.Parse(content.Body));
        response.ContentType = "application/json; charset=utf-8";
        return response.Body.WriteAsync(content.Body, httpContext.RequestAborted).AsTask();
    }
}
