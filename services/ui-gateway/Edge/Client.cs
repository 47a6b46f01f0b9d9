using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using InstaMessenger.Hosting.Security;

namespace InstaMessenger.UiGateway.Edge;

/// <summary>Who a request is counted for.</summary>
internal static class Client
{
    private const int NetworkBytes = 8;

    /// <summary>The credential as a key of a table that lives in memory for a while: hashed, so that a dump of it opens nothing. Null for none.</summary>
    public static string? CredentialHash(HttpContext context) =>
        CallerAuthenticationSetup.CredentialOf(context.Request) is { } credential
            ? Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(credential)))
            : null;

    /// <summary>The address; for IPv6 its /64 network, because one household or server has all 2^64 of it to choose from.</summary>
    public static string Address(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address) return "unknown";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes(), 0, NetworkBytes)
            : address.ToString();
    }
}
