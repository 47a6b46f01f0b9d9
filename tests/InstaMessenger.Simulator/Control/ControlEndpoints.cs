using InstaMessenger.Simulator.Crm;
using InstaMessenger.Simulator.Meta;

namespace InstaMessenger.Simulator.Control;

/// <summary>What the page and scripts steer the simulator with; tests in the same process use the typed API instead.</summary>
internal static class ControlEndpoints
{
    public static void MapControl(this IEndpointRouteBuilder app, MetaStandIn meta, CrmStandIn crm, Background background)
    {
        var control = app.MapGroup("/control");
        control.MapSettings(meta, crm);
        control.MapAccounts(meta);
        control.MapFaults(meta);
        control.MapCustomers(meta);
        control.MapSamples(meta, background);
        control.MapWebhooks(meta);
        control.MapCrmControl(crm);
        control.MapRecords(meta, crm);
    }

    /// <summary>The only client is a developer: say in words what was wrong with the request.</summary>
    public static void UseExplanations(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        try
        {
            await next(http);
        }
        catch (Exception failure) when (
            failure is BadHttpRequestException or ArgumentException or InvalidOperationException
            && http.Request.Path.StartsWithSegments("/control", StringComparison.Ordinal) && !http.Response.HasStarted)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsJsonAsync(new { Error = failure.InnerException?.Message ?? failure.Message }, SimulatorJson.Options);
        }
    });
}
