using System.Threading.Channels;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Tests.Ingress;

/// <summary>A bus that remembers, and that can be down.</summary>
internal sealed class RecordedBus : IBusPublisher
{
    private readonly Channel<BusItem<WebhookReceived>> _items = Channel.CreateUnbounded<BusItem<WebhookReceived>>();

    public bool Down { get; set; }

    public bool IsRemote => true;

    public Task PublishAsync(object bundle, Guid messageId, CancellationToken cancellationToken)
    {
        if (Down) throw new InvalidOperationException("The broker is away.");
        foreach (var item in ((Bundle<WebhookReceived>)bundle).Items) _items.Writer.TryWrite(item);
        return Task.CompletedTask;
    }

    /// <summary>Waits for the next published webhook.</summary>
    public async Task<BusItem<WebhookReceived>> NextAsync() => await _items.Reader.ReadAsync().AsTask().WaitAsync(Patience.Long);
}
