using System.Security.Cryptography;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace InstaMessenger.Store;

/// <summary>
/// The OpenAPI document as bytes, made once: it takes the generator some 30 ms of processor time, and anybody may ask for it. It does not
/// change while the process lives, so a client that has it gets 304.
/// </summary>
internal sealed class ApiDocument([FromKeyedServices(ApiDocument.Name)] IOpenApiDocumentProvider provider)
{
    public const string Name = "v1";

    private readonly Lock _gate = new();
    private Task<(byte[] Json, string ETag)>? _made;

    public static async Task HandleAsync(HttpContext context, ApiDocument document)
    {
        var (json, etag) = await document.GetAsync();
        var response = context.Response;
        (response.Headers.ETag, response.Headers.CacheControl) = (etag, "no-cache");
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(etag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = json.Length;
        await response.Body.WriteAsync(json, context.RequestAborted);
    }

    /// <summary>Returns the document; callers wait while it is made. When that fails, the next caller starts it again.</summary>
    private Task<(byte[] Json, string ETag)> GetAsync()
    {
        lock (_gate)
        {
            if (_made is null or { IsCompleted: true, IsCompletedSuccessfully: false }) _made = MakeAsync();
            return _made;
        }
    }

    private async Task<(byte[] Json, string ETag)> MakeAsync()
    {
        var document = await provider.GetOpenApiDocumentAsync(CancellationToken.None);
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
        var bytes = json.ToArray();
        return (bytes, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes), 0, 16)}\"");
    }
}
