using System.Text.Json.Nodes;
using Refit;

namespace InstaMessenger.Client;

/// <summary>Where events are posted to, and what came of the posts. All but looking needs a key with the scope <c>manage</c>.</summary>
public interface IWebhookEndpoints
{
    /// <summary>Makes an endpoint; <see cref="WebhookEndpoint.Secret"/> of the answer is shown this once.</summary>
    /// <param name="endpoint">What it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Post("/api/v1/webhook-endpoints")]
    Task<WebhookEndpoint> CreateAsync([Body] NewWebhookEndpoint endpoint, CancellationToken cancellationToken = default);

    /// <summary>Lists the endpoints of whose accounts the key sees all.</summary>
    /// <param name="cursor"><see cref="Page{T}.NextCursor"/> of the page before; null for the first page.</param>
    /// <param name="limit">Endpoints on a page: 1 to 200, 50 when null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Get("/api/v1/webhook-endpoints")]
    Task<Page<WebhookEndpoint>> ListAsync(string? cursor = null, int? limit = null, CancellationToken cancellationToken = default);

    /// <summary>Shows an endpoint.</summary>
    /// <param name="endpointId"><c>whe_…</c></param>
    /// <param name="cancellationToken">Gives up.</param>
    [Get("/api/v1/webhook-endpoints/{endpointId}")]
    Task<WebhookEndpoint> GetAsync(string endpointId, CancellationToken cancellationToken = default);

    /// <summary>Changes an endpoint, pauses it or resumes it.</summary>
    /// <param name="endpointId"><c>whe_…</c></param>
    /// <param name="changes">
    /// The members that change, like <c>{"state":"paused"}</c>; JSON, because null means something: all accounts, all types, no limit.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    [Patch("/api/v1/webhook-endpoints/{endpointId}")]
    Task<WebhookEndpoint> ChangeAsync(string endpointId, [Body] JsonObject changes, CancellationToken cancellationToken = default);

    /// <summary>Ends an endpoint, with what waits for it.</summary>
    /// <param name="endpointId"><c>whe_…</c></param>
    /// <param name="cancellationToken">Gives up.</param>
    [Delete("/api/v1/webhook-endpoints/{endpointId}")]
    Task DeleteAsync(string endpointId, CancellationToken cancellationToken = default);

    /// <summary>Makes a new secret, shown this once; the one before signs too for 24 hours.</summary>
    /// <param name="endpointId"><c>whe_…</c></param>
    /// <param name="cancellationToken">Gives up.</param>
    [Post("/api/v1/webhook-endpoints/{endpointId}/rotate-secret")]
    Task<WebhookEndpoint> RotateSecretAsync(string endpointId, CancellationToken cancellationToken = default);

    /// <summary>Posts <c>webhook.test</c> now, and tells what was answered.</summary>
    /// <param name="endpointId"><c>whe_…</c></param>
    /// <param name="cancellationToken">Gives up.</param>
    [Post("/api/v1/webhook-endpoints/{endpointId}/test")]
    Task<EndpointTest> TestAsync(string endpointId, CancellationToken cancellationToken = default);

    /// <summary>Posts a part of the log anew, also what the endpoint never had, behind whatever happens meanwhile.</summary>
    /// <param name="endpointId"><c>whe_…</c></param>
    /// <param name="replay">Which part.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Post("/api/v1/webhook-endpoints/{endpointId}/replay")]
    Task<Replay> ReplayAsync(string endpointId, [Body] NewReplay replay, CancellationToken cancellationToken = default);

    /// <summary>Tells how far a replay is.</summary>
    /// <param name="endpointId"><c>whe_…</c></param>
    /// <param name="replayId"><c>rpl_…</c></param>
    /// <param name="cancellationToken">Gives up.</param>
    [Get("/api/v1/webhook-endpoints/{endpointId}/replays/{replayId}")]
    Task<Replay> GetReplayAsync(string endpointId, string replayId, CancellationToken cancellationToken = default);

    /// <summary>Lists what was posted and what waits, latest due first.</summary>
    /// <param name="endpointId"><c>whe_…</c></param>
    /// <param name="state"><c>pending</c>, <c>waiting</c>, <c>replaying</c>, <c>delivered</c> or <c>dead</c>; null for all.</param>
    /// <param name="cursor"><see cref="Page{T}.NextCursor"/> of the page before; null for the first page.</param>
    /// <param name="limit">Deliveries on a page: 1 to 200, 50 when null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Get("/api/v1/webhook-endpoints/{endpointId}/deliveries")]
    Task<Page<Delivery>> ListDeliveriesAsync(
        string endpointId, string? state = null, string? cursor = null, int? limit = null, CancellationToken cancellationToken = default);

    /// <summary>Posts a delivery again, now.</summary>
    /// <param name="deliveryId">Its <see cref="Delivery.Id"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Post("/api/v1/deliveries/{deliveryId}/redeliver")]
    Task<Delivery> RedeliverAsync(long deliveryId, CancellationToken cancellationToken = default);
}
