using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Settings;
using Microsoft.Extensions.Configuration;

namespace InstaMessenger.Hosting.Security;

/// <summary>
/// Asks the store who a credential belongs to (<c>GET /api/v1/me</c> at the first of <c>Services:Store</c> that answers). Not cached: a
/// revoked key must stop at once, and only operators call the services that ask. Two answers count: 401, and 200 with every member of
/// <see cref="CallerDescription"/>.
/// </summary>
internal sealed class RemoteCallerSource(HttpClient http, IConfiguration configuration) : ICallerSource
{
    /// <summary>How long the store may take; it answers within milliseconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async ValueTask<Caller?> FindAsync(string credential, CancellationToken cancellationToken)
    {
        var stores = SettingList.Read(configuration, "Services:Store");
        if (stores.Count == 0) throw new InvalidOperationException("Services:Store is not set: nobody can be authenticated here.");
        foreach (var (_, store) in stores.SkipLast(1))
        {
            try
            {
                return await AskAsync(store, credential, cancellationToken);
            }
            catch (StoreUnavailableException)
            {
                // The next store knows as well.
            }
        }

        return await AskAsync(stores[^1].Value, credential, cancellationToken);
    }

    private async Task<Caller?> AskAsync(string store, string credential, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(store), "/api/v1/me"))
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", credential) },
        };
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.Unauthorized) return null;
            if (response.StatusCode != HttpStatusCode.OK)
                throw new StoreUnavailableException($"The store answered {(int)response.StatusCode} to the question who is asking.");
            var me = await response.Content.ReadFromJsonAsync<CallerDescription>(ApiJson.Options, cancellationToken);
            return me?.ToCaller() ?? throw new StoreUnavailableException("The store did not say who is asking.");
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or IOException)
        {
            throw new StoreUnavailableException("The store could not be asked who is asking.", error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreUnavailableException("The store took too long to say who is asking.", error);
        }
    }
}

/// <summary>
/// The store cannot say now who a credential belongs to: nobody is let in, and nobody is told that their credential is wrong.
/// </summary>
/// <param name="message">What happened.</param>
/// <param name="inner">The error behind it.</param>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
