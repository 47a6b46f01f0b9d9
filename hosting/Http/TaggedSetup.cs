using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace InstaMessenger.Hosting.Http;

/// <summary>Marks an endpoint that answers with a thing and its <c>ETag</c>.</summary>
public sealed class Tagged
{
    internal static readonly Tagged Instance = new();

    private Tagged()
    {
    }
}

/// <summary>Declares that endpoints answer with an <c>ETag</c>.</summary>
public static class TaggedSetup
{
    /// <summary>Gives a success its <c>ETag</c>, and answers 304 when the client has just that (<c>If-None-Match</c>).</summary>
    /// <typeparam name="TBuilder">An endpoint.</typeparam>
    /// <param name="endpoint">The endpoint: what it answers is one thing.</param>
    /// <returns>The same endpoint.</returns>
    public static TBuilder WithETag<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(Tagged.Instance).AddEndpointFilter(TagAsync);

    private static async ValueTask<object?> TagAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var result = await next(invocation);
        var answer = result is INestedHttpResult nested ? nested.Result : result;
        if (answer is not IStatusCodeHttpResult { StatusCode: StatusCodes.Status200OK or StatusCodes.Status201Created }
            || answer is not IValueHttpResult { Value: { } view }) return result;
        var (request, tag) = (invocation.HttpContext.Request, EntityTag.Of(view));
        invocation.HttpContext.Response.Headers.ETag = tag;
        return HttpMethods.IsGet(request.Method) && Has(request, tag) ? Results.StatusCode(StatusCodes.Status304NotModified) : result;
    }

    private static bool Has(HttpRequest request, string tag) =>
        EntityTagHeaderValue.TryParseList([.. request.Headers.IfNoneMatch.OfType<string>()], out var tags)
        && tags.Any(given => given.Tag == tag || given.Tag == "*");
}
