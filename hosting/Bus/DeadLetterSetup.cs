using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Hosting.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace InstaMessenger.Hosting.Bus;

/// <summary>Registers what keeps and replays the dead letters of a database.</summary>
internal static class DeadLetterSetup
{
    public static void AddDeadLetters<TContext>(this IHostApplicationBuilder builder, string database)
        where TContext : ServiceDbContext
    {
        var services = builder.Services;
        var setAside = new SetAsideFiles<TContext>(DataDirectory.Where(builder.Configuration));
        services.AddSingleton(setAside);
        services.AddHealthChecks().AddCheck(database + ".set-aside", setAside);
        services.AddSingleton<SetAside<TContext>>();
        services.AddWorker<SetAsideIntake<TContext>>();
        services.AddWorker<DeadLetterReplay<TContext>>();
    }
}
