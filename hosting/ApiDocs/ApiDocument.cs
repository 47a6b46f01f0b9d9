using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace InstaMessenger.Hosting.ApiDocs;

/// <summary>
/// The OpenAPI document of what a process answers, made once: it takes the generator some 30 ms of processor time, and anybody may ask for
/// it. It does not change while the process lives.
/// </summary>
internal sealed class ApiDocument([FromKeyedServices(ApiDocument.Name)] IOpenApiDocumentProvider provider)
{
    /// <summary>Its name: the version of the interface.</summary>
    public const string Name = "v1";

    /// <summary>Where it is served, by each service, and by the gateway for all of them.</summary>
    public const string Path = $"/openapi/{Name}.json";

    private readonly Lock _gate = new();
    private Task<WrittenDocument>? _made;

    public static async Task HandleAsync(HttpContext context, ApiDocument document) =>
        await (await document.GetAsync()).AnswerAsync(context);

    /// <summary>Returns the document; callers wait while it is made. When that fails, the next caller starts it again.</summary>
    private Task<WrittenDocument> GetAsync()
    {
        lock (_gate)
        {
            if (_made is null or { IsCompleted: true, IsCompletedSuccessfully: false }) _made = MakeAsync();
            return _made;
        }
    }

    private async Task<WrittenDocument> MakeAsync()
    {
        var document = await provider.GetOpenApiDocumentAsync(CancellationToken.None);
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
        return new WrittenDocument(MergedDocument.Of([json.ToArray()]));
    }
}
