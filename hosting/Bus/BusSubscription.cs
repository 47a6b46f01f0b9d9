using System.Runtime.CompilerServices;
using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Database;
using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.DependencyInjection;

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

    /// <summary>Handles a dead letter again, in the transaction that removes it.</summary>
    public abstract Task<bool> ReplayAsync(IServiceProvider services, long deadLetterId, CancellationToken cancellationToken);
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

    /// <summary>Handles a bundle after those that the broker handed out before it. In-process there is only one at a time.</summary>
    public Task InTurnAsync(ConsumeContext<Bundle<T>> context, Func<IReadOnlyList<BusItem<T>>, Task> handleAsync) =>
        LaneOf(context.ReceiveContext, out var number) is { } lane
            ? lane.HandleAsync(number, new BundleLane<T>.Turn(context.Message.Items, handleAsync))
            : handleAsync(context.Message.Items);

    public override void Leave(ReceiveContext delivery) => LaneOf(delivery, out var number)?.Leave(number);

    private BundleLane<T>? LaneOf(ReceiveContext delivery, out ulong number)
    {
        number = delivery.TryGetPayload<RabbitMqBasicConsumeContext>(out var tags) ? tags.DeliveryTag : 0;
        return delivery.TryGetPayload<ChannelContext>(out var channel) ? _lanes.GetValue(channel, _ => new BundleLane<T>()) : null;
    }

    public override void AddTo(IRegistrationConfigurator registration) => registration.AddConsumer<BundleConsumer<TContext, T, THandler>>();

    public override void Connect(IReceiveEndpointConfigurator endpoint, IRegistrationContext context) =>
        endpoint.ConfigureConsumer<BundleConsumer<TContext, T, THandler>>(context);

    public override Task<bool> ReplayAsync(IServiceProvider services, long deadLetterId, CancellationToken cancellationToken) =>
        services.GetRequiredService<IUnitOfWork<TContext>>().ExecuteAsync(
            async scope =>
            {
                var letter = await scope.Db.FindAsync<DeadLetter>(deadLetterId);
                if (letter is null || letter.Queue != Queue) return false;
                var body = JsonSerializer.Deserialize<T>(letter.Body, BusJson.Options)!;
                scope.Db.Remove(letter);
                await services.GetRequiredService<THandler>().HandleAsync(scope, [new BusItem<T>(letter.ItemId, letter.TraceParent, body)]);
                return true;
            },
            cancellationToken);
}
