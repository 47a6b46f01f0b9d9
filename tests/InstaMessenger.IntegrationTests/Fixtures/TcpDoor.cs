using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Fixtures;

/// <summary>
/// A port that passes bytes on to another one of this machine. It can be shut (connections are cut and new ones refused), can cut what is
/// open, and with several targets it is a balancer: each connection goes to the next one that takes it.
/// </summary>
/// <param name="targets">The other ports, asked for at each connection.</param>
internal sealed class TcpDoor(Func<IReadOnlyList<int>> targets) : IDisposable
{
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private TcpListener? _listener;
    private int _turn;

    public TcpDoor(Func<int> target)
        : this(() => [target()])
    {
    }

    public int Port { get; } = FreePort.Take();

    public void Open()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _ = AcceptAsync(_listener);
    }

    /// <summary>Ends every connection at once; new ones are taken.</summary>
    public void Cut()
    {
        foreach (var client in _open.Keys) client.Dispose();
    }

    public void Shut()
    {
        _listener?.Dispose();
        Cut();
    }

    public void Dispose() => Shut();

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true) _ = PassAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception error) when (IsCut(error))
        {
            // Shut.
        }
    }

    private async Task PassAsync(TcpClient near)
    {
        _open[near] = true;
        try
        {
            using var far = await ConnectAsync();
            near.NoDelay = far.NoDelay = true;
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
        }
        catch (Exception error) when (IsCut(error))
        {
            // Cut by either side.
        }
        finally
        {
            _open.TryRemove(near, out _);
            near.Dispose();
        }
    }

    /// <summary>Tries each target once, beginning with the one whose turn it is.</summary>
    private async Task<TcpClient> ConnectAsync()
    {
        var ports = targets();
        var turn = (uint)Interlocked.Increment(ref _turn);
        for (var tried = 1; ; tried++)
        {
            var far = new TcpClient();
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, ports[(int)((turn + tried) % ports.Count)]);
                return far;
            }
            catch (SocketException) when (tried < ports.Count)
            {
                far.Dispose();
            }
            catch
            {
                far.Dispose();
                throw;
            }
        }
    }

    private static bool IsCut(Exception error) =>
        error is SocketException or ObjectDisposedException or InvalidOperationException or IOException;
}
