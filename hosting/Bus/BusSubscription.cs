using System.Runtime.CompilerServices;
using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;

namespace InstaMessenger.Hosting.Bus;

/// <summary>One queue and what handles it.</summary>
/// <param name="Queue">The queue's name, one of <see cref="BusTopology"/>.</param>
internal abstract record BusSubscription(string Queue)
{
    /// <summary>The bundles that went back to wait for the database.</summary>
    public BundleReturns Returns { get; } = new();

    public abstract void AddTo(IRegistrationConfigurator registration);

    public abstract void Connect(IReceiveEndpointConfigurator endpoint, IRegistrationContext context);

    /// <summary>Notes that a delivery of the broker's is over, whatever became of it.</summary>
    public abstract void Leave(ReceiveContext delivery);

    /// <summary>
    /// Begins nothing more, and closes the channel once all that is being handled is done. The broker then takes back what else was
    /// delivered here, in the moment in which it gives the queue to another process.
    /// </summary>
    /// <param name="cancellationToken">Closes at once.</param>
    public abstract Task HandOverAsync(CancellationToken cancellationToken);

    /// <summary>Lets go of what came since on another channel, and waits: the broker gets it back now.</summary>
    public abstract void LetGo();

    /// <summary>Handles a dead letter again, in the transaction that removes it.</summary>
    /// <param name="audit">Whoever asked for it; null for the product itself.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it was there.</returns>
    public abstract Task<bool> ReplayAsync(
        IServiceProvider services, long deadLetterId, AuditTrail? audit, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed record BusSubscription<TContext, T, THandler>(string Queue) : BusSubscription(Queue)
    where TContext : ServiceDbContext
    where THandler : class, IMessageHandler<TContext, T>
{
    /// <summary>
    /// One lane for each channel, because the broker numbers from 1 again on each. The lane of a connection that broke goes with it.
    /// </summary>
    private readonly ConditionalWeakTable<ChannelContext, BundleLane<T>> _lanes = [];

    private volatile bool _handedOver;

    /// <summary>Handles a bundle after those that the broker handed out before it. In-process there is only one at a time.</summary>
    /// <exception cref="OperationCanceledException">The queue was handed over before it was this bundle's turn.</exception>
    public async Task InTurnAsync(ConsumeContext<Bundle<T>> context, Func<IReadOnlyList<BusItem<T>>, Task> handleAsync)
    {
        if (LaneOf(context.ReceiveContext, out var number) is not { } lane)
        {
            await handleAsync(context.Message.Items);
            return;
        }

        if (_handedOver) _ = lane.EndAsync();
        var handled = lane.HandleAsync(number, new BundleLane<T>.Turn(context.Message.Items, handleAsync));
        if (await Task.WhenAny(handled, lane.Gone) != handled)
            throw new OperationCanceledException($"{Queue} was handed over.", context.CancellationToken);
        await handled;
    }

    public override async Task HandOverAsync(CancellationToken cancellationToken)
    {
        _handedOver = true;
        foreach (var (channel, lane) in _lanes)
        {
            await lane.EndAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // From now on nothing of it is acknowledged or returned. It ends when all that waits in it is let go.
            _ = CloseAsync(channel);
            lane.LetGo();
        }
    }

    public override void LetGo()
    {
        foreach (var (_, lane) in _lanes) lane.LetGo();
    }

    public override void Leave(ReceiveContext delivery) => LaneOf(delivery, out var number)?.Leave(number);

    private BundleLane<T>? LaneOf(ReceiveContext delivery, out ulong number)
    {
        number = delivery.TryGetPayload<RabbitMqBasicConsumeContext>(out var tags) ? tags.DeliveryTag : 0;
        return delivery.TryGetPayload<ChannelContext>(out var channel) ? _lanes.GetValue(channel, _ => new BundleLane<T>()) : null;
    }

    private static async Task CloseAsync(ChannelContext channel)
    {
        try
        {
            await channel.Channel.AbortAsync(CancellationToken.None);
        }
        catch (ObjectDisposedException)
        {
            // MassTransit, which hears of it, was faster.
        }
    }

    public override void AddTo(IRegistrationConfigurator registration) => registration.AddConsumer<BundleConsumer<TContext, T, THandler>>();

    public override void Connect(IReceiveEndpointConfigurator endpoint, IRegistrationContext context) =>
        endpoint.ConfigureConsumer<BundleConsumer<TContext, T, THandler>>(context);

    public override Task<bool> ReplayAsync(
        IServiceProvider services, long deadLetterId, AuditTrail? audit, CancellationToken cancellationToken) =>
        services.GetRequiredService<IUnitOfWork<TContext>>().ExecuteAsync(
            async scope =>
            {
                var letter = await scope.Db.FindAsync<DeadLetter>(deadLetterId);
                if (letter is null || letter.Queue != Queue) return false;
                var body = JsonSerializer.Deserialize<T>(letter.Body, BusJson.Options)!;
                scope.Db.Remove(letter);
                audit?.Record(scope, $"{Queue.Split('.')[0]}/{deadLetterId}");
                await services.GetRequiredService<THandler>().HandleAsync(scope, [new BusItem<T>(letter.ItemId, letter.TraceParent, body)]);
                return true;
            },
            cancellationToken);
}
