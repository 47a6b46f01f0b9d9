using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Hosting.Http;

/// <summary>
/// Decides whose address a request counts for, the same for rate limits, throttles and budgets. It is the address of the connection, unless
/// <see cref="KnownProxies"/> has replaced it by what a known proxy says.
/// </summary>
public static class ClientAddress
{
    private const int NetworkBytes = 8;

    /// <summary>The address that a request counts for.</summary>
    /// <param name="context">The request.</param>
    /// <returns>The address; for IPv6 its /64 network, because one household or server may use any of its 2^64 addresses.</returns>
    public static string Of(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Connection.RemoteIpAddress is not { } address) return "unknown";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes).ToString();
    }
}
