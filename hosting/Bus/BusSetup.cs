using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Hosting.Workers;
using MassTransit;
using MassTransit.Mediator;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Bus;

/// <summary>Chooses the bus: RabbitMQ when <c>ConnectionStrings:RabbitMq</c> is set, else in-process.</summary>
public static class BusSetup
{
    /// <summary>Has <typeparamref name="THandler"/> handle what comes in <paramref name="queue"/>.</summary>
    /// <typeparam name="TContext">The service's database.</typeparam>
    /// <typeparam name="T">The message type.</typeparam>
    /// <typeparam name="THandler">The handler, made once.</typeparam>
    /// <param name="queue">A queue that <see cref="BusTopology"/> names for the message type.</param>
    /// <exception cref="ArgumentException">The topology does not name the queue for the type.</exception>
    public static void AddMessageHandler<TContext, T, THandler>(this IServiceCollection services, string queue)
        where TContext : ServiceDbContext
        where THandler : class, IMessageHandler<TContext, T>
    {
        if (!BusTopology.Queues.TryGetValue(typeof(T), out var queues) || !queues.Contains(queue))
            throw new ArgumentException($"BusTopology does not send {typeof(T).Name} to {queue}.", nameof(queue));
        var subscription = new BusSubscription<TContext, T, THandler>(queue);
        services.AddSingleton<THandler>();
        services.AddSingleton(subscription);
        services.AddSingleton<BusSubscription>(subscription);
    }

    /// <summary>Adds the bus, with the handlers registered so far. Call it once, after all services are added.</summary>
    public static void AddBus(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        var subscriptions = services
            .Where(service => service.ServiceType == typeof(BusSubscription))
            .Select(service => (BusSubscription)service.ImplementationInstance!)
            .ToList();

        var connectionString = builder.Configuration.GetConnectionString("RabbitMq");
        if (string.IsNullOrWhiteSpace(connectionString)) AddInProcess(services, subscriptions);
        else AddRabbitMq(services, subscriptions, BrokerAt(connectionString));
    }

    /// <summary>Reads the broker's address. An error does not quote the value, which holds a password.</summary>
    private static Uri BrokerAt(string connectionString) =>
        Uri.TryCreate(connectionString, UriKind.Absolute, out var broker)
            && broker is { Scheme: "amqp" or "amqps" or "rabbitmq" or "rabbitmqs", Host.Length: > 0 }
            ? broker
            : throw new SettingException("ConnectionStrings:RabbitMq must be an address like amqp://user:password@host:5672.");

    private static void AddInProcess(IServiceCollection services, List<BusSubscription> subscriptions)
    {
        services.AddMediator(mediator =>
        {
            foreach (var subscription in subscriptions) subscription.AddTo(mediator);
        });
        var queues = subscriptions.Select(subscription => subscription.Queue).ToHashSet();
        services.AddSingleton<IBusPublisher>(provider => new InProcessPublisher(provider.GetRequiredService<IMediator>(), queues));
    }

    private static void AddRabbitMq(IServiceCollection services, List<BusSubscription> subscriptions, Uri broker)
    {
        var nudges = services.NeedsNudges();
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            foreach (var subscription in subscriptions) subscription.AddTo(bus);
            if (nudges) bus.AddConsumer<NudgeConsumer>();
            bus.UsingRabbitMq((context, rabbit) =>
            {
                RabbitMqTopology.Configure(rabbit, context, broker, subscriptions);
                if (nudges) rabbit.ReceiveNudges(context);
            });
        });
        // Before the next one, because the last that is registered is the first to hear of a stop.
        services.AddSingleton<QueueHandover>();
        services.AddHostedService(provider => provider.GetRequiredService<QueueHandover>());
        services.AddSingleton<BusStart>();
        services.AddBusObserver(provider => provider.GetRequiredService<BusStart>());
        services.AddHostedService(provider => provider.GetRequiredService<BusStart>());
        if (nudges) services.AddWorker<Nudges>();
        services.AddSingleton(provider => new EarlierQueues(
            broker, subscriptions.ConvertAll(subscription => subscription.Queue), provider.GetRequiredService<ILogger<EarlierQueues>>()));
        services.AddWorker<EarlierQueues>();
        // After MassTransit's own service, so that it ends before the bus does.
        services.AddWorker<ConsumerReconnect>();
        // Ingress must take Meta's webhooks even while the broker is away.
        services.Configure<MassTransitHostOptions>(options =>
        {
            options.WaitUntilStarted = false;
            options.StopTimeout = TimeSpan.FromSeconds(8);
        });
        services.AddWorker<BrokerWatch>();
        // A broker that is away costs only a backlog, so a process that still takes requests must stay in service. MassTransit's own check
        // says less, and not since when.
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "bus", provider => provider.GetRequiredService<BrokerWatch>().Broker, HealthStatus.Degraded, tags: null));
        services.PostConfigure<HealthCheckServiceOptions>(health =>
        {
            foreach (var own in health.Registrations.Where(check => check.Name == "masstransit-bus").ToList())
                health.Registrations.Remove(own);
        });
        services.AddSingleton<IBusPublisher>(
            provider => new RabbitMqPublisher(provider.GetRequiredService<MassTransit.IBus>(), provider.GetRequiredService<BrokerWatch>()));
    }
}
