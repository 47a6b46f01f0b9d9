using System.Buffers.Text;

namespace InstaMessenger.Benchmarks.Load;

/// <summary>
/// A client of the live stream that sees all accounts, so that each event it gets has the next sequence. It comes back where it stopped
/// when it was cut.
/// </summary>
/// <param name="http">Signed in, for the public door.</param>
/// <param name="onEvent">Called with each event's number, -1 for none of ours.</param>
internal sealed class StreamFollower(HttpClient http, Action<int> onEvent)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _buffer = new byte[8 * 1024];
    private volatile Action _cut = () => { };
    private long _last = -1;

    /// <summary>The last sequence that it got.</summary>
    public long Last => Volatile.Read(ref _last);

    /// <summary>How often the next event was not the next sequence, but a later one.</summary>
    public int Gaps { get; private set; }

    /// <summary>How often it got an event that it had.</summary>
    public int Repeats { get; private set; }

    /// <summary>How often it was connected.</summary>
    public int Connections { get; private set; }

    /// <summary>Ends once it is connected for the first time.</summary>
    public Task Opened => _open.Task;

    /// <summary>Breaks the connection, in the middle of whatever comes.</summary>
    public void Cut()
    {
        try
        {
            _cut();
        }
        catch (ObjectDisposedException)
        {
            // It is between two connections.
        }
    }

    /// <summary>Follows the stream until it is told to end.</summary>
    public async Task RunAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            using var line = CancellationTokenSource.CreateLinkedTokenSource(end);
            _cut = line.Cancel;
            try
            {
                await ConnectAsync(line.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or HttpRequestException or IOException)
            {
                await Task.Delay(LongestPause * Random.Shared.NextDouble(), TimeProvider.System, end)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ConnectAsync(CancellationToken line)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events/stream");
        if (_last >= 0) request.Headers.Add("Last-Event-ID", _last.ToString());
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, line);
        response.EnsureSuccessStatusCode();
        Connections++;
        await using var stream = await response.Content.ReadAsStreamAsync(line);
        for (var filled = 0; ;)
        {
            if (filled == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
            var read = await stream.ReadAsync(_buffer.AsMemory(filled), line);
            if (read == 0) return;
            filled = Take(filled + read);
        }
    }

    /// <summary>Takes the whole frames of what was read, and keeps the rest. Returns how much that is.</summary>
    private int Take(int filled)
    {
        var rest = _buffer.AsSpan(0, filled);
        while (rest.IndexOf("\n\n"u8) is >= 0 and var length)
        {
            TakeFrame(rest[..length]);
            rest = rest[(length + 2)..];
        }

        rest.CopyTo(_buffer);
        return rest.Length;
    }

    private void TakeFrame(ReadOnlySpan<byte> frame)
    {
        if (!frame.StartsWith("id: "u8) || !Utf8Parser.TryParse(frame[4..], out long sequence, out _)) return;
        if (frame.IndexOf("\ndata: "u8) is >= 0 and var data)
        {
            if (sequence <= _last) Repeats++;
            else if (sequence > _last + 1) Gaps++;
            onEvent(MessageNumber.Find(frame[data..]));
        }
        else if (_last >= 0 && sequence != _last)
        {
            // It stands elsewhere than where this client stopped.
            Gaps++;
        }

        Volatile.Write(ref _last, Math.Max(_last, sequence));
        _open.TrySetResult();
    }
}
