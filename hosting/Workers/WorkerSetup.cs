using InstaMessenger.Hosting.Logs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace InstaMessenger.Hosting.Workers;

/// <summary>Registers workers.</summary>
public static class WorkerSetup
{
    /// <summary>
    /// Runs <typeparamref name="T"/> as long as the process lives. It is one object, so others may ask the container for it.
    /// </summary>
    /// <typeparam name="T">The worker.</typeparam>
    public static void AddWorker<T>(this IServiceCollection services)
        where T : Worker
    {
        services.TryAddSingleton<T>();
        services.TryAddSingleton(new Outage(_ => false));
        services.AddHostedService<WorkerLoop<T>>();
        if (services.Any(service => service.ServiceType == typeof(WorkerStatuses))) return;
        services.AddSingleton<WorkerStatuses>();
        services.AddHealthChecks().AddCheck<WorkerStatuses>("workers", HealthStatus.Degraded);
    }

    /// <summary>Adds a board whose notes the other processes of the kind hear as well.</summary>
    /// <typeparam name="T">The board.</typeparam>
    public static void AddSharedBoard<T>(this IServiceCollection services)
        where T : SharedBoard
    {
        services.AddSingleton<T>();
        services.AddSingleton<SharedBoard>(provider => provider.GetRequiredService<T>());
    }

    /// <summary>Adds a signal that wakes workers in the other processes of the kind as well.</summary>
    /// <typeparam name="T">The signal.</typeparam>
    public static void AddSharedSignal<T>(this IServiceCollection services)
        where T : SharedSignal
    {
        services.AddSingleton<T>();
        services.AddSingleton<SharedSignal>(provider => provider.GetRequiredService<T>());
    }
}
