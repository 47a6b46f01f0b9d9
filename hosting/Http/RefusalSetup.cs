using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Hosting.Http;

/// <summary>The codes with which an endpoint refuses, beside those that every call can be answered with.</summary>
/// <param name="Codes">Stable words in snake_case.</param>
public sealed record Refusal(int Status, IReadOnlyList<string> Codes);

/// <summary>Says in the OpenAPI document with which problems an endpoint can be answered.</summary>
public static class RefusalSetup
{
    /// <summary>Documents a status and its codes.</summary>
    /// <typeparam name="TBuilder">An endpoint or a group.</typeparam>
    /// <param name="codes">Its own codes; those that every call with this status has need not be named.</param>
    /// <returns>The same endpoint.</returns>
    public static TBuilder Refuses<TBuilder>(this TBuilder endpoint, int status, params string[] codes)
        where TBuilder : IEndpointConventionBuilder => endpoint.ProducesProblem(status).WithMetadata(new Refusal(status, codes));

    /// <summary>The codes that a status has wherever it is answered.</summary>
    /// <returns>The codes, the likeliest first.</returns>
    internal static IReadOnlyList<string> OfEveryCall(int status) => status switch
    {
        StatusCodes.Status400BadRequest => ["bad_request", "unknown_parameter"],
        StatusCodes.Status401Unauthorized => ["unauthorized"],
        StatusCodes.Status403Forbidden => ["scope_missing", "forbidden", "cross_site"],
        StatusCodes.Status422UnprocessableEntity => ["validation_failed"],
        StatusCodes.Status503ServiceUnavailable => ["database_unavailable", "store_unavailable", "unavailable"],
        StatusCodes.Status409Conflict or StatusCodes.Status410Gone => [],
        _ => [Problems.CodeOf(status)],
    };
}
