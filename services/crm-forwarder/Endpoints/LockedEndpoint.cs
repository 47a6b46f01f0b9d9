using System.Security.Cryptography;
using System.Text.Json;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Security;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Endpoints;

/// <summary>An endpoint that a unit is about to change.</summary>
internal static class LockedEndpoint
{
    /// <summary>Holds the endpoint to the end of the unit; null when the caller sees none of that id.</summary>
    public static async Task<WebhookEndpoint?> FindAsync(CrmForwarderDbContext db, Caller caller, string id)
    {
        if (!await db.Endpoints.SeenBy(db, caller).AnyAsync(row => row.Id == id)) return null;
        var endpoint = await db.Endpoints.Where(row => row.Id == id).ForUpdate().SingleAsync();
        return endpoint is { State: EndpointState.Removed, AccountId: null } ? null : endpoint;
    }

    /// <summary>The endpoint's headers; none when they cannot be decrypted any more.</summary>
    public static IReadOnlyDictionary<string, string> HeadersOf(EndpointSecrets secrets, WebhookEndpoint endpoint)
    {
        try
        {
            return secrets.HeadersOf(endpoint);
        }
        catch (Exception error) when (error is CryptographicException or JsonException)
        {
            return new Dictionary<string, string>();
        }
    }
}
