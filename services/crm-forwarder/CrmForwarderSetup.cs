using InstaMessenger.Contracts.Events;
using InstaMessenger.CrmForwarder.Claims;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.CrmForwarder.Endpoints;
using InstaMessenger.CrmForwarder.Erasures;
using InstaMessenger.CrmForwarder.Mirror;
using InstaMessenger.CrmForwarder.Replays;
using InstaMessenger.Hosting;
using InstaMessenger.Hosting.ApiDocs;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.CrmForwarder;

/// <summary>The crm-forwarder: the only caller of CRMs. Alone in its process, or one of five in standalone.</summary>
public static class CrmForwarderSetup
{
    /// <summary>The queue of the events of the log.</summary>
    internal const string EventQueue = "crm-forwarder.inbox-event";

    /// <summary>Adds database, handlers and the delivery worker.</summary>
    /// <param name="builder">The host, with the service defaults.</param>
    public static void AddCrmForwarder(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddSecrets();
        builder.AddDatabase<CrmForwarderDbContext, SqliteCrmForwarderDbContext, MySqlCrmForwarderDbContext>("CrmForwarder");
        builder.AddOutboundGuard();

        var services = builder.Services;
        services.AddMessageHandler<CrmForwarderDbContext, AccountChanged, ApplyAccountChange>("crm-forwarder.account-changed");
        services.AddMessageHandler<CrmForwarderDbContext, InboxEvent, QueueInboxEvents>(EventQueue);
        services.AddErasures();
        services.AddReplays();
        builder.AddMirror();
        services.AddMessageHandler<CrmForwarderDbContext, ReachChecked, NarrowEndpoints>("crm-forwarder.reach-checked");
        services.AddSection<DeliveryOptions>("Deliveries");
        services.AddSingleton<EndpointSecrets>();
        services.AddSingleton<DeliveryMailbox>();
        services.AddSingleton<EventIntake>();
        services.AddSingleton<Erasure>();
        services.AddSingleton<ProcessLease>();
        services.AddSingleton<EndpointClaims>();
        services.AddSingleton<DueDeliveries>();
        services.AddSingleton<LaneReader>();
        services.AddSingleton<DeliveryClient>();
        services.AddSingleton<AttemptRecorder>();
        services.AddWorker<ClaimKeeper>();
        services.AddWorker<DeliveryWorker>();
        services.AddWorker<DueSweeper>();
        services.AddWorker<WaitingEventSweeper>();
        services.AddWorker<ErasureSweep>();
        services.AddWorker<DeliveryRetention>();
        services.AddWorker<OwnerChecks>();
        services.AddWorker<DeliveryGauges>();
        services.AddOpenApi(ApiDocSetup.Name);
        services.AddApiDocument();
    }

    /// <summary>Maps the endpoints for operators and CRMs.</summary>
    public static void MapCrmForwarder(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapListWebhookEndpoints();
        app.MapCreateEndpoint();
        app.MapChangeEndpoint();
        app.MapDeleteEndpoint();
        app.MapRotateSecret();
        app.MapTestEndpoint();
        app.MapListDeliveries();
        app.MapRedeliver();
        app.MapRedeliverMany();
        app.MapReplays();
        app.MapDeadLetters<CrmForwarderDbContext>("crm-forwarder");
    }
}
