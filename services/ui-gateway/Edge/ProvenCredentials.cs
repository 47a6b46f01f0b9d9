using System.Collections.Concurrent;
using InstaMessenger.Hosting.Http;

namespace InstaMessenger.UiGateway.Edge;

/// <summary>
/// Remembers the credentials that a service has answered well. Only those have a limit of their own. A credential that nobody has seen at
/// work is a claim, and its requests count for the address: otherwise whoever makes up a new one for each request has no limit at all.
/// </summary>
internal sealed class ProvenCredentials
{
    /// <summary>How many are remembered, 64 bytes of hash each. One that is forgotten is proven anew by its next request.</summary>
    private const int Most = 100_000;

    private readonly ConcurrentDictionary<string, bool> _hashes = new();

    public bool Contains(string hash) => _hashes.ContainsKey(hash);

    /// <summary>Watches how a request with a credential is answered.</summary>
    public async Task WatchAsync(HttpContext context, RequestDelegate next)
    {
        if (Client.CredentialHash(context) is { } hash && Judges(context.Request))
            context.Response.OnStarting(Judge, (this, context, hash));
        await next(context);
    }

    /// <summary>
    /// Whether the answer says something about the credential. Everything under these paths needs a caller, except signing in; elsewhere a
    /// good answer says nothing.
    /// </summary>
    private static bool Judges(HttpRequest request) =>
        request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        || (request.Path.StartsWithSegments("/ui", StringComparison.OrdinalIgnoreCase) && !RateLimits.IsSession(request));

    /// <summary>
    /// Judges when the answer starts: a stream's ends hours later, and its client may ask for more meanwhile. A good answer with
    /// <c>Retry-After</c> stands for one that could not be had (<see cref="EventStreamRetry"/>): nobody has looked at the credential.
    /// </summary>
    private static Task Judge(object state)
    {
        var (proven, context, hash) = ((ProvenCredentials, HttpContext, string))state;
        if (context.Response.StatusCode == StatusCodes.Status401Unauthorized) proven._hashes.TryRemove(hash, out _);
        else if (context.Response.StatusCode < StatusCodes.Status400BadRequest && context.Response.Headers.RetryAfter.Count == 0
            && proven._hashes.TryAdd(hash, true) && proven._hashes.Count > Most) proven._hashes.Clear();
        return Task.CompletedTask;
    }
}
