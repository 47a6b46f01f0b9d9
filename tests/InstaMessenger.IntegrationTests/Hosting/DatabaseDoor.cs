using System.Net;
using System.Net.Sockets;

namespace InstaMessenger.IntegrationTests.Hosting;

/// <summary>What becomes of a packet on its way to the server.</summary>
internal enum Passage
{
    Pass,

    /// <summary>Both ends are cut; the packet does not arrive.</summary>
    CutBefore,

    /// <summary>The packet arrives, its answer does not.</summary>
    CutBehind,

    /// <summary>The client is cut at once, the packet arrives when <see cref="DatabaseDoor.ReleaseLate"/> is called.</summary>
    Late,
}

/// <summary>A port before a database server that sees what a client says, and may cut the line at the worst moment.</summary>
internal sealed class DatabaseDoor : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource _late = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _lateArrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Socket> _open = [];
    private readonly int _target;

    public DatabaseDoor(int target)
    {
        _target = target;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Asked for each packet of a client, with the statement as text.</summary>
    public Func<string, Passage> Decide { get; set; } = _ => Passage.Pass;

    /// <summary>Lets the late packet go on; returns when the server has answered it.</summary>
    public Task ReleaseLate()
    {
        _late.TrySetResult();
        return _lateArrived.Task;
    }

    /// <summary>Cuts all lines; new ones are taken at once.</summary>
    public void Cut()
    {
        lock (_open)
        {
            foreach (var socket in _open) socket.Close(0);
            _open.Clear();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = PassAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Shut.
        }
    }

    private async Task PassAsync(Socket near)
    {
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        lock (_open) _open.AddRange([near, far]);
        var unheard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var line = new Line(near, far, unheard);
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(ThereAsync(line), BackAsync(line));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut.
        }
        finally
        {
            near.Close(0);
        }
    }

    private async Task ThereAsync(Line line)
    {
        var buffer = new byte[1 << 16];
        while (await line.Near.ReceiveAsync(buffer) is > 0 and var count)
        {
            var passage = Decide(System.Text.Encoding.Latin1.GetString(buffer, 0, count));
            if (passage == Passage.CutBefore) return;
            line.Muted = passage != Passage.Pass;
            if (passage == Passage.Late)
            {
                line.Near.Close(0);
                await _late.Task;
            }

            await SendAllAsync(line.Far, buffer.AsMemory(0, count));
            if (passage == Passage.Pass) continue;
            await line.Unheard.Task;
            _lateArrived.TrySetResult();
            return;
        }
    }

    private static async Task BackAsync(Line line)
    {
        var buffer = new byte[1 << 16];
        while (await line.Far.ReceiveAsync(buffer) is > 0 and var count)
        {
            if (line.Muted) line.Unheard.TrySetResult();
            else await SendAllAsync(line.Near, buffer.AsMemory(0, count));
        }
    }

    private static async Task SendAllAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await to.SendAsync(bytes)..];
    }

    /// <summary>A client's connection and the one to the server behind it.</summary>
    private sealed record Line(Socket Near, Socket Far, TaskCompletionSource Unheard)
    {
        /// <summary>The client is not to hear the answer.</summary>
        public volatile bool Muted;
    }
}
