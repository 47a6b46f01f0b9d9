namespace InstaMessenger.Simulator.Meta.Graph;

/// <summary>Fetches what is attached to a send during the call, as Meta does.</summary>
internal sealed class OutgoingMedia : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };

    public async Task<bool> CanFetchAsync(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address)) return false;
        try
        {
            using var answer = await _http.GetAsync(address);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or NotSupportedException)
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();
}
