using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Database;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Hosting.Bus;

/// <summary>One queue and what handles it.</summary>
/// <param name="Queue">The queue's name, one of <see cref="BusTopology"/>.</param>
/// <param name="InOrder">Whether RabbitMQ's bundles are taken one at a time.</param>
internal abstract record BusSubscription(string Queue, bool InOrder)
{
    /// <summary>The bundles that went back to wait for the database.</summary>
    public BundleReturns Returns { get; } = new();

    public abstract void AddTo(IRegistrationConfigurator registration);

    public abstract void Connect(IReceiveEndpointConfigurator endpoint, IRegistrationContext context);

    /// <summary>Handles a dead letter again, in the transaction that removes it.</summary>
    public abstract Task<bool> ReplayAsync(IServiceProvider services, long deadLetterId, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed record BusSubscription<TContext, T, THandler>(string Queue, bool InOrder) : BusSubscription(Queue, InOrder)
    where TContext : ServiceDbContext
    where THandler : class, IMessageHandler<TContext, T>
{
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
