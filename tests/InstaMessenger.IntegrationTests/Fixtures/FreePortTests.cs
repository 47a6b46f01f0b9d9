using System.Net;
using System.Net.Sockets;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Fixtures;

/// <summary>
/// Two services once got one port, because the first had not begun to listen when the second asked; and one took the other's health for its
/// own.
/// </summary>
public sealed class FreePortTests
{
    private const int IpLevel = 0;
    private const int LocalPortRange = 51;

    [Fact]
    public void The_kernel_gives_a_taken_port_to_nobody_else()
    {
        var port = FreePort.Take();

        Should.Throw<SocketException>(() => AnyPortOf(port)).SocketErrorCode.ShouldBe(SocketError.AddressAlreadyInUse);
    }

    [Fact]
    public async Task Its_taker_may_listen_on_it_and_come_back_after_a_death()
    {
        var port = FreePort.Take();
        for (var start = 0; start < 2; start++)
        {
            using var server = new TcpListener(IPAddress.Loopback, port);
            server.Start();
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
            using var accepted = await server.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            accepted.Connected.ShouldBeTrue();
        }

        Should.Throw<SocketException>(() => AnyPortOf(port));
    }

    /// <summary>Asks for any free port, as a server with port 0 or a client does, where there is one to choose from.</summary>
    private static void AnyPortOf(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetRawSocketOption(IpLevel, LocalPortRange, BitConverter.GetBytes((uint)(port | (port << 16))));
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }
}
