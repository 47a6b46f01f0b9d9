using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using InstaMessenger.IntegrationTests.Fixtures;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>A port that passes bytes on to another one of this machine, and can be shut: connections are then cut and new ones refused.</summary>
/// <param name="target">The other port, asked for at each connection.</param>
internal sealed class TcpDoor(Func<int> target) : IDisposable
{
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private TcpListener? _listener;

    public int Port { get; } = FreePort.Take();

    public void Open()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _ = AcceptAsync(_listener);
    }

    public void Shut()
    {
        _listener?.Dispose();
        foreach (var client in _open.Keys) client.Dispose();
    }

    public void Dispose() => Shut();

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true) _ = PassAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Shut.
        }
    }

    private async Task PassAsync(TcpClient near)
    {
        _open[near] = true;
        try
        {
            using var far = new TcpClient();
            await far.ConnectAsync(IPAddress.Loopback, target());
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut by either side.
        }
        finally
        {
            _open.TryRemove(near, out _);
            near.Dispose();
        }
    }
}
