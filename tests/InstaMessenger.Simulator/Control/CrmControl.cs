using InstaMessenger.Simulator.Crm;

namespace InstaMessenger.Simulator.Control;

/// <summary><c>PUT /control/crm/{name}</c>, <c>POST /control/crm/{name}/next</c>.</summary>
internal static class CrmControl
{
    public static void MapCrmControl(this IEndpointRouteBuilder control, CrmStandIn crm)
    {
        control.MapPut("/crm/{name}", (string name, Change change) =>
        {
            var inbox = crm.Inbox(name);
            inbox.Secrets = change.Secrets ?? inbox.Secrets;
            inbox.Behaviour = change.Behaviour ?? inbox.Behaviour;
            return Results.NoContent();
        });
        control.MapPost("/crm/{name}/next", (string name, Next next) =>
        {
            crm.Inbox(name).Next(next.Behaviour, next.Times);
            return Results.NoContent();
        });
    }

    /// <summary>Only the given members change; a behaviour is replaced as a whole.</summary>
    internal sealed record Change(string[]? Secrets, CrmBehaviour? Behaviour);

    internal sealed record Next(CrmBehaviour Behaviour, int Times = 1);
}
