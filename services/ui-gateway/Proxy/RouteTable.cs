using Yarp.ReverseProxy.Configuration;

namespace InstaMessenger.UiGateway.Proxy;

/// <summary>
/// Says which path goes to which service; the longest match wins. What is not listed cannot be reached from outside: the services' own
/// <c>/internal</c>, <c>/metrics</c> and <c>/health</c>.
/// </summary>
internal static class RouteTable
{
    public static readonly (string Path, string Service)[] Routes =
    [
        ("/webhooks", "Ingress"),
        ("/webhooks/instagram/deauthorize", "Store"),
        ("/webhooks/instagram/data-deletion", "Store"),

        ("/api", "Store"),
        ("/ui", "Store"),
        ("/docs", "Store"),
        ("/oauth", "Store"),
        ("/media", "Store"),
        ("/data-deletion", "Store"),

        ("/api/v1/sends", "Sender"),
        ("/api/v1/accounts/{account_id}/health", "Sender"),
        ("/api/v1/health/accounts", "Sender"),
        ("/api/v1/accounts/{account_id}/ice-breakers", "Sender"),
        ("/api/v1/accounts/{account_id}/persistent-menu", "Sender"),
        ("/api/v1/dead-letters/sender", "Sender"),

        ("/api/v1/webhook-endpoints", "CrmForwarder"),
        ("/api/v1/deliveries", "CrmForwarder"),
        ("/api/v1/dead-letters/crm-forwarder", "CrmForwarder"),
    ];

    public static IReadOnlyList<RouteConfig> ToYarp() =>
    [
        .. Routes.Select(route => new RouteConfig
        {
            RouteId = route.Path,
            ClusterId = route.Service,
            Match = new RouteMatch { Path = route.Path + "/{**rest}" },
            // The service judges who may do what.
            AuthorizationPolicy = "anonymous",
        }),
    ];
}
