using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Store.Access;

/// <summary><c>GET /api/v1/me</c>: for people, and for the other services, which ask who a credential belongs to.</summary>
internal static class WhoAmI
{
    public static void MapWhoAmI(this IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/me", Handle)
        .Needs(Scopes.None)
        .WithTags("Sessions")
        .WithSummary("Whom the presented credential belongs to.");

    private static Ok<CallerDescription> Handle(Caller caller) => TypedResults.Ok(CallerDescription.Of(caller));
}
