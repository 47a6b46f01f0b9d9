using InstaMessenger.Simulator.Crm;
using InstaMessenger.Simulator.Meta;

namespace InstaMessenger.Simulator.Control;

/// <summary>What the page and scripts steer the simulator with; tests in the same process use the typed API instead.</summary>
internal static class ControlEndpoints
{
    public static void MapControl(this IEndpointRouteBuilder app, MetaStandIn meta, CrmStandIn crm)
    {
        var control = app.MapGroup("/control").AddEndpointFilter(ExplainAsync);
        control.MapSettings(meta, crm);
        control.MapAccounts(meta);
        control.MapFaults(meta);
        control.MapCustomers(meta);
        control.MapWebhooks(meta);
        control.MapCrmControl(crm);
        control.MapRecords(meta, crm);
    }

    // The only client is a developer: say in words what was wrong with the request.
    private static async ValueTask<object?> ExplainAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception failure) when (failure is BadHttpRequestException or ArgumentException or InvalidOperationException)
        {
            return Results.Json(new { Error = failure.Message }, statusCode: StatusCodes.Status400BadRequest);
        }
    }
}
