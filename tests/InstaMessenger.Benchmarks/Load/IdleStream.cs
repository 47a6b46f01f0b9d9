using System.Net;
using System.Net.Sockets;
using System.Text;

namespace InstaMessenger.Benchmarks.Load;

/// <summary>One client of the live stream that only counts heartbeats. A bare socket: ten thousand of them live in the generator.</summary>
internal sealed class IdleStream : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[256];

    private IdleStream(Socket socket) => _socket = socket;

    /// <summary>Comments received.</summary>
    public int Heartbeats { get; set; }

    /// <summary>Whether the server has closed it.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Opens a stream; returns when its answer has begun.</summary>
    public static async Task<IdleStream> OpenAsync(IPEndPoint server, string token)
    {
        var stream = new IdleStream(new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        await stream._socket.ConnectAsync(server);
        await stream._socket.SendAsync(Encoding.ASCII.GetBytes($"GET /api/v1/events/stream HTTP/1.1\r\nHost: localhost\r\nAccept: "
            + $"text/event-stream\r\nAuthorization: Bearer {token}\r\n\r\n"));
        var read = await stream._socket.ReceiveAsync(stream._buffer);
        var head = Encoding.ASCII.GetString(stream._buffer, 0, read);
        if (!head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
            throw new InvalidOperationException($"The stream was refused: {head}");
        _ = stream.ListenAsync();
        return stream;
    }

    public void Dispose() => _socket.Dispose();

    private async Task ListenAsync()
    {
        try
        {
            var before = (byte)0;
            while (await _socket.ReceiveAsync(_buffer) is > 0 and var read)
            {
                // A comment is a line that begins with a colon; each comes in a chunk of its own, whose size is the line before.
                foreach (var next in _buffer.AsSpan(0, read))
                {
                    if (before == '\n' && next == ':') Heartbeats++;
                    before = next;
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Ended by one side or the other; only the server's doing is looked at.
        }

        HasEnded = true;
    }
}
