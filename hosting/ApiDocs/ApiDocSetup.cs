using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Hosting.ApiDocs;

/// <summary>The OpenAPI document of a service. It shows the interface and no data, so anybody may read it.</summary>
public static class ApiDocSetup
{
    /// <summary>Its name, for <c>AddOpenApi</c>.</summary>
    public const string Name = ApiDocument.Name;

    /// <summary>Where it is served.</summary>
    public const string Path = ApiDocument.Path;

    /// <summary>
    /// Describes what the process answers. Each service also calls <c>AddOpenApi</c> itself, because the build then puts its docstrings
    /// into the document. Calling it again changes nothing.
    /// </summary>
    public static void AddApiDocument(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(ApiDocument))) return;
        services.AddSingleton<ApiDocument>();
        // Behind what the services configure, and once however many there are in the process.
        services.PostConfigure<OpenApiOptions>(Name, ApiDescription.Apply);
    }

    /// <summary>Serves the document where there is one.</summary>
    internal static void MapApiDocument(this WebApplication app)
    {
        if (app.Services.GetService<IServiceProviderIsService>()?.IsService(typeof(ApiDocument)) != true) return;
        app.MapGet(Path, ApiDocument.HandleAsync).ExcludeFromDescription().AllowAnonymous();
    }
}
