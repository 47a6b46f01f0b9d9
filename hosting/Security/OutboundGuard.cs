using System.Net;
using System.Net.Sockets;

namespace InstaMessenger.Hosting.Security;

/// <summary>
/// Calls stored URLs by the <see cref="OutboundRules"/>. The addresses are checked when the connection is made, because a check before it
/// is beaten by a name that resolves differently the second time.
/// </summary>
/// <param name="rules">What may be called.</param>
/// <param name="resolve">Finds the addresses of a host; null for DNS.</param>
/// <remarks>
/// The handler of Microsoft.Security.AntiSSRF is not used: it goes through a proxy named in the environment without a way to turn that off,
/// and then checks the proxy's address instead of the target's.
/// </remarks>
public sealed class OutboundGuard(OutboundRules rules, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    private const int MostDrainedBytes = 64 * 1024;

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve = resolve ?? Dns.GetHostAddressesAsync;

    /// <summary>
    /// Makes a handler that goes only where the rules allow. It follows no redirect, uses no proxy and no cookies. A refused request fails
    /// with an error that <see cref="OutboundRefusedException.Caused"/> recognises. Of a response that nobody reads, at most 64 KiB are
    /// drained to reuse the connection.
    /// </summary>
    /// <returns>A handler to keep for the life of the process: it pools connections, for at most 5 minutes each.</returns>
    public HttpMessageHandler CreateHandler() => new UrlCheck(rules, new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseDrainSize = MostDrainedBytes,
        ConnectCallback = ConnectAsync,
    });

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var url = context.InitialRequestMessage.RequestUri!;
        var addresses = await _resolve(context.DnsEndPoint.Host, cancellationToken);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        // One bad address among good ones is an attack or a mistake; picking the good one would only make it a matter of chance.
        if (!Array.TrueForAll(addresses, address => rules.Allows(url, address)))
            throw new OutboundRefusedException("The host has an address that may not be called.");

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class UrlCheck(OutboundRules rules, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            rules.Refusal(request.RequestUri) is { } refusal
                ? throw new OutboundRefusedException(refusal)
                : base.SendAsync(request, cancellationToken);
    }
}
