using InstaMessenger.Tests.Standalone;

namespace InstaMessenger.Tests.Clients;

/// <summary>
/// The TypeScript client takes its types from <c>clients/typescript/openapi.json</c>: what a CRM calls. What operators and administrators
/// call is not in it, so that a change there needs none here.
/// </summary>
public sealed class ClientDocumentTests(SignedInProduct product) : IClassFixture<SignedInProduct>
{
    private static readonly string[] Called =
    [
        "/api/v1/me",
        "/api/v1/accounts", "/api/v1/accounts/{id}", "/api/v1/accounts/{account_id}/health",
        "/api/v1/conversations", "/api/v1/conversations/{id}", "/api/v1/conversations/{id}/messages", "/api/v1/conversations/{id}/read",
        "/api/v1/conversations/{id}/unread", "/api/v1/conversations/{id}/typing", "/api/v1/counters", "/api/v1/search",
        "/api/v1/events", "/api/v1/media",
        "/api/v1/messages/send", "/api/v1/messages/{message_id}", "/api/v1/messages/{message_id}/reaction",
        "/api/v1/messages/{message_id}/retry",
        "/api/v1/webhook-endpoints", "/api/v1/webhook-endpoints/{id}", "/api/v1/webhook-endpoints/{id}/deliveries",
        "/api/v1/webhook-endpoints/{id}/redeliver", "/api/v1/webhook-endpoints/{id}/replay", "/api/v1/webhook-endpoints/{id}/replays",
        "/api/v1/webhook-endpoints/{id}/replays/{replayId}", "/api/v1/webhook-endpoints/{id}/replays/{replayId}/cancel",
        "/api/v1/webhook-endpoints/{id}/rotate-secret", "/api/v1/webhook-endpoints/{id}/test",
        "/api/v1/deliveries/{id}", "/api/v1/deliveries/{id}/redeliver",
    ];

    [Fact]
    public Task The_types_of_the_typescript_client_come_from_what_the_product_serves() => OpenApiPart.ShouldBeServedAsync(
        product.Http, "What a CRM calls", Called, "clients", "typescript", "openapi.json");
}
