using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using InstaMessenger.Simulator.Records;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>One event as a tap gave it.</summary>
internal sealed record TappedEvent(long Sequence, string Type, JsonNode Event)
{
    public string Id => Event.Text("id")!;

    public static TappedEvent Of(JsonNode json) => new(json["sequence"]!.GetValue<long>(), json.Text("type")!, json);
}

/// <summary>An open live stream. What the tests wait on: an event here means that the product has committed it.</summary>
internal sealed class EventTap : IAsyncDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly CancellationTokenSource _stop = new();
    private readonly RecordLog<TappedEvent> _events = new(int.MaxValue);
    private readonly Task _reading;

    public EventTap(HttpResponseMessage answer)
    {
        _answer = answer;
        _reading = ReadAsync();
    }

    public IReadOnlyList<TappedEvent> All => _events.All;

    /// <summary>The first event of a type whose value at <paramref name="path"/> is <paramref name="value"/>.</summary>
    public async Task<TappedEvent> WaitForAsync(string type, string path, string value) =>
        (await WaitForAsync(tapped => tapped.Type == type && tapped.Event.Text(path) == value))[0];

    public async Task<IReadOnlyList<TappedEvent>> WaitForAsync(Func<TappedEvent, bool> match, int count = 1, TimeSpan? timeout = null)
    {
        try
        {
            return await _events.WaitForAsync(match, count, timeout ?? Patience.Long);
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException(
                $"{error.Message} Seen: {string.Join(", ", All.TakeLast(20).Select(tapped => $"{tapped.Sequence} {tapped.Type}"))}", error);
        }
    }

    /// <summary>Waits until the product ends the stream.</summary>
    public Task EndedAsync() => _reading.WaitAsync(Patience.Long);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _answer.Dispose();
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            await using var body = await _answer.Content.ReadAsStreamAsync(_stop.Token);
            await foreach (var item in SseParser.Create(body).EnumerateAsync(_stop.Token))
            {
                var tapped = TappedEvent.Of(JsonNode.Parse(item.Data)!);
                item.EventId.ShouldBe(tapped.Sequence.ToString());
                item.EventType.ShouldBe(tapped.Type);
                _events.Add(tapped);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or HttpRequestException)
        {
            // Closed by us, or by a process that was killed: what was read stands.
        }
    }
}
