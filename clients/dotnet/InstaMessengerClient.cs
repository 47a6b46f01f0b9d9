using System.Net.Http.Headers;
using InstaMessenger.Client.Http;
using Refit;

namespace InstaMessenger.Client;

/// <summary>
/// The product's API with one key. Keep one for as long as the program runs: it may be used by many at once. Errors are
/// <see cref="ApiProblemException"/>; when nobody answers, <see cref="HttpRequestException"/>.
/// </summary>
public sealed class InstaMessengerClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly EventStream _stream;

    /// <summary>Makes a client.</summary>
    /// <param name="address">Where the product is, like <c>https://messenger.example.com</c>.</param>
    /// <param name="key">An API key: <c>sk_…</c>.</param>
    /// <param name="clock">Measures the waits between tries; null for the system's.</param>
    /// <param name="transport">Carries the requests; null for a connection pool of the client's own.</param>
    public InstaMessengerClient(Uri address, string key, TimeProvider? clock = null, HttpMessageHandler? transport = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentException.ThrowIfNullOrEmpty(key);
        clock ??= TimeProvider.System;
        _http = new HttpClient(new RetryHandler(clock) { InnerHandler = transport ?? Pool() })
        {
            BaseAddress = address,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
        };
        _stream = new EventStream(_http, clock);
        var settings = new RefitSettings(new SystemTextJsonContentSerializer(ClientJson.Options))
        {
            ExceptionFactory = async answer => answer.IsSuccessStatusCode ? null : await ApiProblemException.OfAsync(answer, clock),
            TransportExceptionFactory = (_, error, _) => error,
        };
        Accounts = RestService.For<IAccounts>(_http, settings);
        Conversations = RestService.For<IConversations>(_http, settings);
        Events = RestService.For<IEvents>(_http, settings);
        Media = RestService.For<IMedia>(_http, settings);
        Messages = RestService.For<IMessages>(_http, settings);
        WebhookEndpoints = RestService.For<IWebhookEndpoints>(_http, settings);
    }

    /// <summary>Linked Instagram accounts.</summary>
    public IAccounts Accounts { get; }

    /// <summary>Threads with customers.</summary>
    public IConversations Conversations { get; }

    /// <summary>The event log, page by page.</summary>
    public IEvents Events { get; }

    /// <summary>Files to be sent.</summary>
    public IMedia Media { get; }

    /// <summary>Sending, and what became of it.</summary>
    public IMessages Messages { get; }

    /// <summary>Where events are posted to, and what came of the posts.</summary>
    public IWebhookEndpoints WebhookEndpoints { get; }

    /// <summary>
    /// Follows the event log as it grows: each event once and in order, for as long as you read. A line that breaks is made anew, behind
    /// the event that you were given last, after a second and later up to half a minute; so is one on which nothing came for 45 s. Handle
    /// an event before you read the next one, and keep its <see cref="InboxEvent.Sequence"/>: given as <paramref name="after"/> it goes on
    /// there when your program starts again.
    /// </summary>
    /// <param name="after">A sequence behind which events are told; null for what happens from now on.</param>
    /// <param name="accountId">Only events of this account; null for all that the key sees.</param>
    /// <param name="types">Only events of these <see cref="EventTypes"/>, with commas between them; null for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The events, without an end.</returns>
    /// <exception cref="ApiProblemException">
    /// What does not pass by itself: 401 when the key was revoked or has expired, 403, 404 for an account that the key does not see, 422
    /// for a type that there is not; and 410 <c>events_expired</c> when what comes next is not kept any more: read anew what you need of
    /// conversations and messages, and go on with <c>oldest_sequence</c> of the <see cref="ApiProblemException.Problem"/> less 1.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public IAsyncEnumerable<InboxEvent> FollowAsync(
        long? after = null, string? accountId = null, string? types = null, CancellationToken cancellationToken = default) =>
        _stream.FollowAsync(after, accountId, types, cancellationToken);

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _http.Dispose();

    /// <summary>Looks the address up anew every few minutes; a redirect would send the key elsewhere.</summary>
    private static SocketsHttpHandler Pool() => new() { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
}
