using System.Security.Cryptography;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Security;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>Reads what is due.</summary>
internal sealed class DueDeliveries(IDbContextFactory<CrmForwarderDbContext> factory, SecretProtector protector, TimeProvider clock)
{
    /// <summary>Deliveries read ahead per endpoint: some milliseconds of work for a fast CRM, and little memory for a slow one.</summary>
    private const int PageSize = 128;

    /// <summary>The next deliveries of an endpoint.</summary>
    /// <param name="endpointId">The endpoint.</param>
    /// <param name="known">Rows that the worker has already.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>One page.</returns>
    public async Task<LanePage> ReadAsync(string endpointId, List<long> known, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var endpoint = await db.Endpoints.SingleOrDefaultAsync(row => row.Id == endpointId, cancellationToken);
        if (endpoint is not { State: EndpointState.Active, Url: { } url }) return new LanePage(null, [], false);
        var now = clock.GetUtcNow();
        var rows = await db.Deliveries
            .Where(row => row.EndpointId == endpointId && row.State == DeliveryState.Pending && row.DueAt <= now && !known.Contains(row.Id))
            .OrderBy(row => row.DueAt).ThenBy(row => row.Id)
            .Take(PageSize)
            .Select(row => new DueDelivery(row.Id, row.EventId, row.ConversationId, row.Body, row.TraceParent, row.Attempts, row.Failures, row.CreatedAt))
            .ToListAsync(cancellationToken);
        return new LanePage(new DeliveryTarget(endpointId, url, KeysOf(endpoint)), rows, rows.Count == PageSize);
    }

    /// <summary>The active endpoints with something pending, and when the first of it is due.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>One probe of the index for each active endpoint.</returns>
    public async Task<List<(string EndpointId, DateTimeOffset Due)>> NextAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var rows = await db.Endpoints
            .Where(endpoint => endpoint.State == EndpointState.Active)
            .Select(endpoint => new
            {
                endpoint.Id,
                Due = db.Deliveries.Where(row => row.EndpointId == endpoint.Id && row.State == DeliveryState.Pending).Min(row => (DateTimeOffset?)row.DueAt),
            })
            .Where(row => row.Due != null)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(row => (row.Id, row.Due!.Value))];
    }

    private List<byte[]>? KeysOf(WebhookEndpoint endpoint)
    {
        if (endpoint.ProtectedSecret is null) return [];
        try
        {
            return [WebhookSigner.KeyOf(protector.Unprotect(SecretPurpose.WebhookSecret, endpoint.AccountId, endpoint.ProtectedSecret))];
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
