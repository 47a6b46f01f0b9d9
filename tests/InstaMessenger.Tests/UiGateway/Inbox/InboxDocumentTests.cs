using InstaMessenger.Tests.Store;

namespace InstaMessenger.Tests.UiGateway.Inbox;

/// <summary>
/// The inbox takes its types from <c>services/ui-gateway/web/openapi.json</c>: what it calls, and nothing else, so that a change elsewhere
/// in the interface needs none there.
/// </summary>
public sealed class InboxDocumentTests
{
    /// <summary>What the inbox calls; under <c>/ui</c> are the same answers, which the document does not say twice.</summary>
    private static readonly string[] Called =
    [
        "/api/v1/me", "/ui/session", "/api/v1/accounts", "/api/v1/conversations", "/api/v1/conversations/{id}",
        "/api/v1/conversations/{id}/messages",
        "/api/v1/conversations/{id}/read", "/api/v1/conversations/{id}/unread", "/api/v1/conversations/{id}/typing",
        "/api/v1/conversations/{id}/presence", "/api/v1/counters", "/api/v1/search", "/api/v1/canned-replies",
        "/api/v1/canned-replies/{id}",
        "/api/v1/messages/send", "/api/v1/messages/{message_id}", "/api/v1/messages/{message_id}/reaction",
        "/api/v1/messages/{message_id}/retry",
    ];

    [Fact]
    public async Task The_types_of_the_inbox_come_from_what_the_product_serves()
    {
        await using var store = await StoreOverHttp.StartAsync();
        await OpenApiPart.ShouldBeServedAsync(
            store.Http, "What the inbox calls", Called, "services", "ui-gateway", "web", "openapi.json");
    }
}
