using System.Security.Cryptography;
using InstaMessenger.Standalone;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>
/// Every route of the product as <c>GET /api/v1/accounts/{id}</c>, by reflection over a standalone host that is built and never started.
/// </summary>
internal static class RouteCatalogue
{
    private static readonly Lazy<IReadOnlyList<(string Route, bool Anonymous)>> Found = new(Read);

    public static IEnumerable<string> Anonymous => Found.Value.Where(route => route.Anonymous).Select(route => route.Route);

    public static IEnumerable<string> Guarded => Found.Value.Where(route => !route.Anonymous).Select(route => route.Route);

    private static List<(string Route, bool Anonymous)> Read()
    {
        var folder = Directory.CreateTempSubdirectory("instamessenger-routes-");
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var app = StandaloneHost.Build(
        [
            $"--Data:Directory={folder.FullName}", $"--Secrets:MasterKey={key}", $"--Jwt:SigningKeys:0={key}",
            "--Instagram:Apps:0:AppId=1", "--Instagram:Apps:0:AppSecret=never_used", "--Instagram:Apps:0:VerifyToken=never_used",
        ]);
        try
        {
            return
            [
                .. from endpoint in ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
                   from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
                   let path = "/" + endpoint.RoutePattern.RawText!.Trim('/')
                   select ($"{method} {path}", endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null),
            ];
        }
        finally
        {
            ((IDisposable)app).Dispose();
            folder.Delete(recursive: true);
        }
    }
}
