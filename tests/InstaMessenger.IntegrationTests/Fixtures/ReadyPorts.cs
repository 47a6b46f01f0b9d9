namespace InstaMessenger.IntegrationTests.Fixtures;

/// <summary>
/// The ports whose service says that it is ready, asked every second as a balancer asks. A service that was told to stop says so at once
/// and ends two seconds later, so that nobody is sent to a door that closes.
/// </summary>
internal sealed class ReadyPorts : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private readonly HttpClient _http = new() { Timeout = Every };
    private readonly CancellationTokenSource _end = new();
    private readonly IReadOnlyList<int> _all;
    private volatile IReadOnlyList<int> _ready;

    public ReadyPorts(IReadOnlyList<int> all)
    {
        _ready = _all = all;
        _ = WatchAsync();
    }

    /// <summary>Those that were ready when last asked; all when none was, since none may have been asked yet.</summary>
    public IReadOnlyList<int> Now => _ready is { Count: > 0 } ready ? ready : _all;

    public void Dispose()
    {
        _end.Cancel();
        _http.Dispose();
        _end.Dispose();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Every, TimeProvider.System);
        try
        {
            do
            {
                var ready = await Task.WhenAll(_all.Select(IsReadyAsync));
                _ready = [.. _all.Where((_, n) => ready[n])];
            }
            while (await timer.WaitForNextTickAsync(_end.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // Nobody needs it any more.
        }
    }

    private async Task<bool> IsReadyAsync(int port)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"), _end.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            _end.Token.ThrowIfCancellationRequested();
            return false;
        }
    }
}
