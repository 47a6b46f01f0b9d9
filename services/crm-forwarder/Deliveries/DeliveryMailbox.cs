using System.Threading.Channels;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Everything that the delivery worker must know of, applied to its lanes one after another, so that they need no lock. What is posted
/// here is only news: the rows hold the truth, and a sweep finds what was missed.
/// </summary>
internal sealed class DeliveryMailbox
{
    private readonly Channel<Action<LaneSet>> _news = Channel.CreateUnbounded<Action<LaneSet>>(
        new UnboundedChannelOptions { SingleReader = true });

    public ChannelReader<Action<LaneSet>> News => _news.Reader;

    /// <summary>Wakes the worker when something is posted.</summary>
    public WakeSignal Signal { get; } = new();

    public void Post(Action<LaneSet> news)
    {
        _news.Writer.TryWrite(news);
        Signal.Wake();
    }

    /// <summary>Tells that these endpoints have deliveries that are due.</summary>
    public void NewDeliveries(IReadOnlyList<string> endpoints) => Post(lanes =>
    {
        foreach (var endpoint in endpoints) lanes.Of(endpoint).Hint();
    });

    /// <summary>Tells that these endpoints have something that is posted anew.</summary>
    public void NewReplays(IReadOnlyList<string> endpoints) => Post(lanes =>
    {
        foreach (var endpoint in endpoints) lanes.Of(endpoint).HintReplays();
    });

    /// <summary>Tells that what was read ahead for the endpoint is stale.</summary>
    public void EndpointChanged(string endpoint) => Post(lanes => lanes.Of(endpoint).Refresh());
}
