using InstaMessenger.Hosting.Http.Bodies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace InstaMessenger.Hosting.Http;

/// <summary>
/// Marks an endpoint as a call of the API, which <see cref="UrlRules"/> judges. Other endpoints (health, documents, Meta's webhooks) take
/// any URL.
/// </summary>
internal sealed class ApiCall
{
    private static readonly int[] OfEveryCall =
    [
        StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden,
        StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable,
    ];

    private static readonly ApiCall Instance = new();

    private ApiCall()
    {
    }

    /// <summary>Marks the endpoint, and documents the problems that every call can be answered with; the endpoint adds its own.</summary>
    public static void Mark(EndpointBuilder endpoint)
    {
        endpoint.Metadata.Add(Instance);
        var hasId = endpoint is RouteEndpointBuilder { RoutePattern.Parameters.Count: > 0 };
        foreach (var status in OfEveryCall) endpoint.Metadata.Add(Problem(status));
        if (hasId) endpoint.Metadata.Add(Problem(StatusCodes.Status404NotFound));
    }

    /// <summary>Has a call without a body refuse the members of one, and documents it.</summary>
    public static void RefuseMembers(EndpointBuilder endpoint)
    {
        var isRead = endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault()?.HttpMethods is ["GET"];
        if (isRead || endpoint.Metadata.OfType<IAcceptsMetadata>().Any()) return;
        endpoint.Metadata.Add(WithoutMembers.Instance);
        endpoint.Metadata.Add(Problem(StatusCodes.Status422UnprocessableEntity));
    }

    /// <summary>Marks a call that takes no body: <see cref="NoBody"/> refuses members.</summary>
    internal sealed class WithoutMembers
    {
        public static readonly WithoutMembers Instance = new();

        private WithoutMembers()
        {
        }
    }

    private static ProducesResponseTypeMetadata Problem(int status) => new(status, typeof(ProblemDetails), ["application/problem+json"]);
}
