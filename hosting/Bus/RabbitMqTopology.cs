using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Database;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Hosting.Bus;

/// <summary>How the queues of <see cref="BusTopology"/> look on RabbitMQ.</summary>
internal static class RabbitMqTopology
{
    /// <summary>
    /// RabbitMQ 4 drops a message after 20 deliveries unless told otherwise and 3.x redelivers for ever; set here so that both behave
    /// alike. Only a process that dies with the message in hand counts, because consumers keep what fails in their own database.
    /// </summary>
    private const int DeliveryLimit = 50;

    /// <summary>Bundles in hand, which <see cref="BundleLane{T}"/> handles in order and, where they are small, together.</summary>
    private const ushort Prefetch = 16;

    /// <summary>
    /// A process that is frozen or cut off holds its queues until the broker misses two of these, 10 s at most. Its own threads may pause
    /// for less.
    /// </summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The queue's name on the broker. A queue of an earlier version has other arguments, which cannot be changed, and so another name:
    /// <see cref="EarlierQueues"/> empties it.
    /// </summary>
    public static string NameOf(string queue) => queue + ".ordered";

    public static void Configure(
        IRabbitMqBusFactoryConfigurator rabbit, IBusRegistrationContext context, Uri broker, IReadOnlyList<BusSubscription> subscriptions)
    {
        rabbit.Host(broker, host => host.Heartbeat(Heartbeat));
        rabbit.MessageTopology.SetEntityNameFormatter(new ExchangeNames());
        rabbit.DeployPublishTopology = true;
        foreach (var (message, queues) in BusTopology.Queues) Declare(rabbit, message, queues);
        foreach (var subscription in subscriptions)
            rabbit.ReceiveEndpoint(NameOf(subscription.Queue), endpoint => Receive(endpoint, subscription, context));
    }

    private static void Receive(
        IRabbitMqReceiveEndpointConfigurator endpoint, BusSubscription subscription, IBusRegistrationContext context)
    {
        foreach (var (name, value) in Arguments(subscription.Queue)) endpoint.SetQueueArgument(name, value);
        endpoint.BindDeadLetterQueue(
            DeadLetterName(subscription.Queue),
            DeadLetterName(subscription.Queue),
            queue => queue.SetQueueArgument("x-queue-type", "quorum"));
        endpoint.PrefetchCount = Prefetch;
        endpoint.ConcurrentMessageLimit = Prefetch;
        endpoint.ConfigureReceive(receive => receive.UseFilter(new LeaveFilter(subscription)));
        endpoint.PublishFaults = false;
        // No _error queue: what a consumer lets through (a stop in the middle, somebody else's envelope) goes back to the broker, whose
        // delivery limit takes it to the dead-letter queue in the end.
        endpoint.RethrowFaultedMessages();
        // The one failure that consumers let through is a database that is away: the bundle waits in hand, nothing behind it overtakes.
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<DatabaseUnavailableException>();
            retry.Exponential(1_000, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(500));
        });
        endpoint.ConnectReceiveEndpointObserver(context.GetRequiredService<ConsumerReconnect>());
        endpoint.ConnectReceiveEndpointObserver(context.GetRequiredService<QueueHandover>());
        subscription.Connect(endpoint, context);
    }

    private static void Declare(IRabbitMqBusFactoryConfigurator rabbit, Type message, string[] queues)
    {
        var declare = typeof(RabbitMqTopology)
            .GetMethod(nameof(DeclareBundle), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!;
        declare.MakeGenericMethod(message).Invoke(null, [rabbit, queues]);
    }

    private static void DeclareBundle<T>(IRabbitMqBusFactoryConfigurator rabbit, string[] queues) => rabbit.Publish<Bundle<T>>(publish =>
    {
        foreach (var queue in queues)
        {
            // Bound directly to the message's exchange: a consumer binds only when it starts, which is too late for what was published
            // before.
            publish.BindQueue(BusTopology.ExchangeOf(typeof(T)), NameOf(queue), binding =>
            {
                foreach (var (name, value) in Arguments(queue)) binding.SetQueueArgument(name, value);
            });
        }
    });

    /// <summary>
    /// Lets only one of several processes of a service consume at a time, in order; another goes on where it ended. With two, an event
    /// could pass the one before it, and both would write the same conversations.
    /// </summary>
    private static IEnumerable<(string Name, object Value)> Arguments(string queue) =>
    [
        ("x-queue-type", "quorum"),
        ("x-single-active-consumer", true),
        ("x-delivery-limit", DeliveryLimit),
        ("x-dead-letter-exchange", DeadLetterName(queue)),
    ];

    private static string DeadLetterName(string queue) => queue + "_dead";

    private sealed class ExchangeNames : IEntityNameFormatter
    {
        public string FormatEntityName<T>() => BusTopology.ExchangeOf(typeof(T));
    }
}
