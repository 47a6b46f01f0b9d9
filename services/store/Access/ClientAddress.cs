using System.Net;
using System.Net.Sockets;

namespace InstaMessenger.Store.Access;

/// <summary>Whose address a request came from.</summary>
internal static class ClientAddress
{
    /// <summary>
    /// The peer; behind a proxy (a peer on a loopback or private address, like the gateway) what the proxy says in the last entry of
    /// X-Forwarded-For. Earlier entries are the client's own claims. IPv6 is cut to /64, which is what one customer has.
    /// </summary>
    public static string Of(HttpContext context)
    {
        var peer = Plain(context.Connection.RemoteIpAddress ?? IPAddress.None);
        if (!IsLocal(peer)) return Name(peer);
        var claimed = context.Request.Headers["X-Forwarded-For"].LastOrDefault()?.Split(',')[^1].Trim();
        return Name(IPEndPoint.TryParse(claimed ?? "", out var client) ? Plain(client.Address) : peer);
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static string Name(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork) return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes).ToString();
    }

    private static bool IsLocal(IPAddress address)
    {
        if (IPAddress.IsLoopback(address) || address.IsIPv6UniqueLocal || address.IsIPv6LinkLocal) return true;
        var bytes = address.GetAddressBytes();
        return bytes.Length == 4 && bytes switch
        {
            [10, ..] or [192, 168, ..] or [169, 254, ..] => true,
            [172, >= 16 and <= 31, ..] => true,
            _ => false,
        };
    }
}
