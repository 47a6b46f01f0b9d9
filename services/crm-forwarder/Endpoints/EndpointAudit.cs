using InstaMessenger.Hosting.Audit;

namespace InstaMessenger.CrmForwarder.Endpoints;

/// <summary>What the audit log says of an endpoint: of its headers the names, since any value may be a credential.</summary>
internal static class EndpointAudit
{
    public static AuditChanges Of(EndpointView? before, EndpointView? after) =>
        AuditChanges.Of(Shown(before), Shown(after));

    private static EndpointView? Shown(EndpointView? view) =>
        view is null ? null : view with { Headers = view.Headers.ToDictionary(header => header.Key, _ => "***") };
}
