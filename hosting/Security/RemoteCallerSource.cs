using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Settings;
using Microsoft.Extensions.Configuration;

namespace InstaMessenger.Hosting.Security;

/// <summary>
/// Asks the store who a credential belongs to: <c>GET /api/v1/me</c> at one of <c>Services:Store</c>, and at the next when that one does
/// not answer. Not cached: a revoked key must stop at once, and only operators call the services that ask. Two answers count: 401, and 200
/// with every member of <see cref="CallerDescription"/>.
/// </summary>
internal sealed class RemoteCallerSource(HttpClient http, IConfiguration configuration, TimeProvider clock) : ICallerSource
{
    /// <summary>How long the store may take; it answers within milliseconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The store that is asked first: the one that answered last. Were one that is frozen asked first each time, each call would wait for
    /// it.
    /// </summary>
    private volatile int _first;

    public async ValueTask<Caller?> FindAsync(string credential, CancellationToken cancellationToken)
    {
        var stores = SettingList.Read(configuration, "Services:Store");
        if (stores.Count == 0) throw new InvalidOperationException("Services:Store is not set: nobody can be authenticated here.");
        var first = _first;
        for (var tried = 1; ; tried++)
        {
            try
            {
                var caller = await AskAsync(stores[first % stores.Count].Value, credential, cancellationToken);
                _first = first;
                return caller;
            }
            catch (StoreUnavailableException) when (tried < stores.Count)
            {
                // The next one knows as well.
                first = (first + 1) % stores.Count;
            }
        }
    }

    private async Task<Caller?> AskAsync(string store, string credential, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(store), "/api/v1/me"))
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", credential) },
        };
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var response = await http.SendAsync(request, either.Token);
            if (response.StatusCode == HttpStatusCode.Unauthorized) return null;
            if (response.StatusCode != HttpStatusCode.OK)
                throw new StoreUnavailableException($"The store answered {(int)response.StatusCode} to the question who is asking.");
            var me = await response.Content.ReadFromJsonAsync<CallerDescription>(ApiJson.Options, either.Token);
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
