using InstaMessenger.Hosting.Workers;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Hosting.Bus;

/// <summary>Adds the nudges to a process on RabbitMQ that has shared signals.</summary>
internal static class NudgeSetup
{
    /// <summary>Longer than any poll: a nudge that waited this long says nothing new.</summary>
    private static readonly TimeSpan MostUseful = TimeSpan.FromSeconds(5);

    public static bool NeedsNudges(this IServiceCollection services) =>
        services.Any(service => service.ServiceType == typeof(SharedSignal));

    public static void ReceiveNudges(this IRabbitMqBusFactoryConfigurator rabbit, IBusRegistrationContext context)
    {
        rabbit.Publish<Nudge>(publish => publish.Durable = false);
        rabbit.ReceiveEndpoint(
            new TemporaryEndpointDefinition("nudges", 64),
            DefaultEndpointNameFormatter.Instance,
            endpoint =>
            {
                endpoint.Durable = false;
                endpoint.AutoDelete = true;
                endpoint.PublishFaults = false;
                endpoint.DiscardFaultedMessages();
                endpoint.DiscardSkippedMessages();
                endpoint.SetQueueArgument("x-message-ttl", (int)MostUseful.TotalMilliseconds);
                endpoint.ConfigureConsumer<NudgeConsumer>(context);
            });
    }
}
