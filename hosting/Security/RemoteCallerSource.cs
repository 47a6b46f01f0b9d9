using System.Net.Http.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using Microsoft.Extensions.Configuration;

namespace InstaMessenger.Hosting.Security;

/// <summary>
/// Asks the store who a credential belongs to (<c>GET /api/v1/me</c> at <c>Services:Store</c>). Not cached: a revoked key must stop at once, and
/// only operators call the services that ask.
/// </summary>
internal sealed class RemoteCallerSource(HttpClient http, IConfiguration configuration) : ICallerSource
{
    public async ValueTask<Caller?> FindAsync(string credential, CancellationToken cancellationToken)
    {
        var store = configuration["Services:Store"] ?? throw new InvalidOperationException("Services:Store is not set: nobody can be authenticated here.");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(store), "/api/v1/me"));
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + credential);
        using var response = await http.SendAsync(request, cancellationToken);
        if (response.StatusCode == System.Net.HttpStatusCode.Unauthorized) return null;
        response.EnsureSuccessStatusCode();
        var me = await response.Content.ReadFromJsonAsync<CallerDescription>(ApiJson.Options, cancellationToken);
        return me?.ToCaller();
    }
}

/// <summary>The answer of <c>GET /api/v1/me</c>: who the presented credential belongs to.</summary>
/// <param name="Id">The user's or key's id.</param>
/// <param name="Kind">Session or key.</param>
/// <param name="UserId">The user, or the owner of the key.</param>
/// <param name="IsAdmin">Whether the caller may manage users and see every account.</param>
/// <param name="AccountIds">The accounts it may see; null for all.</param>
public sealed record CallerDescription(string Id, CallerKind Kind, string UserId, bool IsAdmin, IReadOnlyList<AccountId>? AccountIds)
{
    /// <summary>Describes a caller.</summary>
    /// <param name="caller">The caller.</param>
    /// <returns>The description.</returns>
    public static CallerDescription Of(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return new(caller.Id, caller.Kind, caller.UserId, caller.IsAdmin, caller.Accounts?.ToList());
    }

    internal Caller ToCaller() => new(Id, Kind, UserId, IsAdmin, AccountIds?.ToHashSet());
}
