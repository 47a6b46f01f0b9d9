using System.Net;
using System.Net.Sockets;
using System.Text;

namespace InstaMessenger.Tests.CrmForwarder;

/// <summary>A CRM below HTTP: reads a request and does with the socket what the test says.</summary>
internal sealed class RawCrm : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<Socket, CancellationToken, Task> _answer;
    private readonly bool _reads;
    private readonly Task _accepting;
    private int _connections;

    private RawCrm(Func<Socket, CancellationToken, Task> answer, bool reads)
    {
        (_answer, _reads) = (answer, reads);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}/";

    public int Connections => _connections;

    /// <param name="answer">After a request was read; the socket is closed behind it.</param>
    /// <param name="reads">Whether the request is read at all.</param>
    public static RawCrm Start(Func<Socket, CancellationToken, Task> answer, bool reads = true) => new(answer, reads);

    /// <summary>Writes the texts one after another.</summary>
    public static Func<Socket, CancellationToken, Task> Says(params string[] texts) => async (socket, end) =>
    {
        foreach (var text in texts) await socket.SendAsync(Encoding.Latin1.GetBytes(text), end);
    };

    /// <summary>Writes the text, and then the other one for ever.</summary>
    public static Func<Socket, CancellationToken, Task> SaysForEver(string first, string forEver) => async (socket, end) =>
    {
        await Says(first)(socket, end);
        while (true) await Says(forEver)(socket, end);
    };

    /// <summary>Writes the text and keeps the line open.</summary>
    public static Func<Socket, CancellationToken, Task> SaysAndWaits(string text) => async (socket, end) =>
    {
        await Says(text)(socket, end);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end);
    };

    /// <summary>Writes the text and resets the connection.</summary>
    public static Func<Socket, CancellationToken, Task> SaysAndResets(string text) => async (socket, end) =>
    {
        await Says(text)(socket, end);
        socket.LingerState = new LingerOption(true, 0);
    };

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_end.Token);
                Interlocked.Increment(ref _connections);
                running.Add(ServeAsync(socket));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or InvalidOperationException or SocketException)
        {
            await Task.WhenAll(running);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var line = socket;
        try
        {
            if (_reads) await ReadAsync(socket);
            await _answer(socket, _end.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            // The other side gave up, or the test is over.
        }
    }

    /// <summary>One request, to the end of its body.</summary>
    private async Task ReadAsync(Socket socket)
    {
        var (text, buffer) = (new StringBuilder(), new byte[16 * 1024]);
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer, _end.Token);
            if (read == 0) return;
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            var whole = text.ToString();
            var head = whole.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head < 0) continue;
            var length = whole[..head].Split("\r\n").Single(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                .Split(':')[1];
            if (whole.Length - head - 4 >= int.Parse(length)) return;
        }
    }
}
