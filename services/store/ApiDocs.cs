using InstaMessenger.Hosting.ApiDocs;
using Scalar.AspNetCore;

namespace InstaMessenger.Store;

/// <summary>The store's part of the OpenAPI document, and readable docs of the whole at <c>/docs</c>.</summary>
internal static class ApiDocs
{
    public static void AddApiDocs(this IServiceCollection services)
    {
        services.AddOpenApi(ApiDocSetup.Name);
        services.AddApiDocument();
    }

    public static void MapApiDocs(this IEndpointRouteBuilder routes) => routes.MapScalarApiReference("/docs", options =>
    {
        options.Title = "InstaMessenger";
        // The page must not tell anybody else that an operator has it open: no fonts, figures or assistants from elsewhere.
        options.DefaultFonts = false;
        options.DisableTelemetry().DisableAgent().DisableMcp();
    }).AllowAnonymous();
}
