using System.Net;
using System.Net.Sockets;

namespace InstaMessenger.Benchmarks.Load;

/// <summary>
/// One HTTP/1.1 connection that sends ready bytes and looks at the status: a third of what HttpClient costs per request, on the cores
/// that the server under test needs.
/// </summary>
internal sealed class RawConnection(IPEndPoint server) : IDisposable
{
    private readonly byte[] _answer = new byte[4096];
    private Socket? _socket;

    /// <summary>Sends a request and waits for the whole answer.</summary>
    /// <param name="request">Head and body.</param>
    /// <returns>
    /// The status; 0 when the connection was cut or refused. After anything but 200 the next request opens a new connection.
    /// </returns>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        try
        {
            _socket ??= await ConnectAsync();
            while (request.Length > 0) request = request[await _socket.SendAsync(request)..];
            var status = await ReadAnswerAsync(_socket);
            if (status != 200) Drop();
            return status;
        }
        catch (SocketException)
        {
            Drop();
            return 0;
        }
    }

    public void Dispose() => Drop();

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server);
        return socket;
    }

    /// <summary>Our 200s have no body, and the bodies of other answers are not read because their connection is dropped.</summary>
    private async ValueTask<int> ReadAnswerAsync(Socket socket)
    {
        var length = 0;
        while (!_answer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            var read = await socket.ReceiveAsync(_answer.AsMemory(length));
            if (read == 0) throw new SocketException((int)SocketError.ConnectionReset);
            length += read;
            if (length > 12 && !_answer.AsSpan(9, 3).SequenceEqual("200"u8)) break;
            if (length == _answer.Length) throw new InvalidOperationException("The answer to a webhook has no body.");
        }

        return ((_answer[9] - '0') * 100) + ((_answer[10] - '0') * 10) + (_answer[11] - '0');
    }

    private void Drop()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
