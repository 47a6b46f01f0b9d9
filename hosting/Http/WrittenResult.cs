using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace InstaMessenger.Hosting.Http;

/// <summary>
/// An answer that is JSON bytes already, the same for every repeat. Its type argument says what the bytes are, so that the OpenAPI document
/// knows it.
/// </summary>
/// <typeparam name="T">What the bytes are the JSON of.</typeparam>
/// <param name="status">The HTTP status: 200, or 202 for what is not finished.</param>
/// <param name="json">UTF-8 JSON.</param>
public sealed class WrittenResult<T>(int status, ReadOnlyMemory<byte> json) : IResult, IEndpointMetadataProvider
{
    /// <inheritdoc/>
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));
    }

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        httpContext.Response.StatusCode = status;
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        return httpContext.Response.Body.WriteAsync(json, httpContext.RequestAborted).AsTask();
    }
}
