using InstaMessenger.Contracts.Events;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Workers;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>The mirror of conversations in the CRM's own MySQL, if there is one: <c>ConnectionStrings:CrmMirror</c>.</summary>
internal static class MirrorSetup
{
    /// <summary>The queue of the pages that the mirror asked for.</summary>
    public const string Queue = "crm-forwarder.mirror-read";

    public static void AddMirror(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<MirrorSignal>();
        // Without a mirror too: what one that was there until now has asked for must not wait for ever.
        services.AddMessageHandler<CrmForwarderDbContext, MirrorRead, TakeMirrorRead>(Queue);
        var connectionString = builder.Configuration.GetConnectionString("CrmMirror");
        if (string.IsNullOrWhiteSpace(connectionString)) return;
        services.AddSingleton(new MirrorDatabase(connectionString));
        services.AddSingleton<MirrorApplier>();
        services.AddSingleton<MirrorAsks>();
        services.AddSingleton<MirrorHealth>();
        services.AddHealthChecks().AddCheck<MirrorHealth>("mirror", HealthStatus.Degraded);
        services.AddWorker<MirrorWorker>();
        services.AddWorker<MirrorGauges>();
    }
}
