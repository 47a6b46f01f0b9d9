using InstaMessenger.Hosting.Workers;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Hosting.Outbox;

/// <summary>Registers relays.</summary>
public static class RelaySetup
{
    /// <summary>Runs a relay over <typeparamref name="TSource"/> as long as the process lives.</summary>
    /// <typeparam name="TSource">Where the rows are.</typeparam>
    public static void AddRelay<TSource>(this IServiceCollection services)
        where TSource : class, IRelaySource
    {
        services.AddSingleton<TSource>();
        services.AddWorker<Relay<TSource>>();
    }
}
