using InstaMessenger.Hosting.Workers;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Shared;

/// <summary>Hosts whose workers do not run by themselves.</summary>
internal static class WorkerLoops
{
    /// <summary>Takes the loop of a worker away; the worker is there, and a test runs its rounds, or nobody.</summary>
    public static void RemoveLoopOf<TWorker>(this IServiceCollection services)
        where TWorker : Worker =>
        services.Remove(services.Single(service => service.ImplementationType == typeof(WorkerLoop<TWorker>)));
}
