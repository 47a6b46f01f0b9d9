using System.Net;
using System.Net.Sockets;

namespace InstaMessenger.IntegrationTests.Fixtures;

/// <summary>Ports for servers that must know theirs before they start.</summary>
internal static class FreePort
{
    /// <summary>A port that nobody listens on now; the kernel does not give the same one again soon.</summary>
    public static int Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
