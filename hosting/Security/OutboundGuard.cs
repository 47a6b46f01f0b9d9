using System.Net;
using System.Net.Sockets;
using Microsoft.Security.AntiSSRF;

namespace InstaMessenger.Hosting.Security;

/// <summary>
/// Decides where a URL that somebody stored may lead: https to a public address. The addresses are checked when the connection is made,
/// because a check before it is beaten by a name that resolves differently the second time.
/// </summary>
/// <param name="allowPrivate">Lets http, private and loopback addresses through (<c>Outbound:AllowPrivateAddresses</c>).</param>
/// <param name="resolve">Finds the addresses of a host; null for DNS.</param>
/// <remarks>
/// The ranges come from Microsoft.Security.AntiSSRF and grow with it. Its own handler is not used: it goes through a proxy named in the
/// environment without a way to turn that off, and then checks the proxy's address instead of the target's.
/// </remarks>
public sealed class OutboundGuard(bool allowPrivate, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    private const int MostDrainedBytes = 64 * 1024;

    private static readonly IPNetwork[] Denied = [.. IPAddressRanges.recommendedLatest.Select(IPNetwork.Parse)];

    /// <summary>Everything that is routed on the public IPv6 internet; the rest is local, mapped or not assigned.</summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve = resolve ?? Dns.GetHostAddressesAsync;

    /// <summary>
    /// Makes a handler that goes only where the guard allows. It follows no redirect, uses no proxy and no cookies. A refused request fails with
    /// an error that <see cref="OutboundRefusedException.Caused"/> recognises. Of a response that nobody reads, at most 64 KiB are
    /// drained to reuse the connection.
    /// </summary>
    /// <returns>A handler to keep for the life of the process: it pools connections, for at most 5 minutes each.</returns>
    public HttpMessageHandler CreateHandler() => new UrlCheck(this, new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseDrainSize = MostDrainedBytes,
        ConnectCallback = ConnectAsync,
    });

    /// <summary>Checks all of a URL that can be checked without the network.</summary>
    /// <param name="url">The URL.</param>
    /// <exception cref="OutboundRefusedException">It is not https, or carries a user name, which only misleads readers about the host.</exception>
    public void Check(Uri? url)
    {
        if (url is not { IsAbsoluteUri: true }) throw new OutboundRefusedException("The URL is not absolute.");
        if (url.Scheme != Uri.UriSchemeHttps && !(allowPrivate && url.Scheme == Uri.UriSchemeHttp)) throw new OutboundRefusedException("The URL is not https.");
        if (url.UserInfo.Length > 0) throw new OutboundRefusedException("The URL carries a user name.");
    }

    /// <summary>Whether an address may be connected to.</summary>
    /// <param name="address">Any address.</param>
    /// <returns>True for public unicast addresses; for all when private ones are allowed.</returns>
    public bool Allows(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (allowPrivate) return true;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !GlobalUnicast.Contains(address)) return false;
        return !Array.Exists(Denied, network => network.Contains(address));
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await _resolve(context.DnsEndPoint.Host, cancellationToken);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        // One bad address among good ones is an attack or a mistake; picking the good one would only make it a matter of chance.
        if (!Array.TrueForAll(addresses, Allows)) throw new OutboundRefusedException("The host has an address that is not public.");

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

    private sealed class UrlCheck(OutboundGuard guard, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            guard.Check(request.RequestUri);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
