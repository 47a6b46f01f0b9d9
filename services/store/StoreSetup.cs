using InstaMessenger.Hosting;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Outbox;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Access;
using InstaMessenger.Store.Accounts;
using InstaMessenger.Store.Audit;
using InstaMessenger.Store.Callbacks;
using InstaMessenger.Store.CannedReplies;
using InstaMessenger.Store.Connect;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Erasures;
using InstaMessenger.Store.Events;
using InstaMessenger.Store.History;
using InstaMessenger.Store.Inbound;
using InstaMessenger.Store.Media;
using InstaMessenger.Store.Mirror;
using InstaMessenger.Store.Outbound;
using InstaMessenger.Store.People;
using InstaMessenger.Store.Search;
using InstaMessenger.Store.Uploads;

namespace InstaMessenger.Store;

/// <summary>The only writer of conversations: what it is made of, slice by slice.</summary>
public static class StoreSetup
{
    /// <summary>Adds the store.</summary>
    public static void AddStore(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddSecrets();
        builder.AddOutboundGuard();
        builder.AddDatabase<StoreDbContext, SqliteStoreDbContext, MySqlStoreDbContext>("Store");
        builder.Services.AddSharedSignal<EventLogSignal>();
        builder.Services.AddSharedSignal<EventFeedSignal>();
        builder.Services.AddSingleton<EventLog>();
        builder.Services.AddSingleton<AccountTimes>();
        builder.Services.AddRelay<EventLogSource>();
        builder.Services.AddInbound();
        builder.AddAccess();
        builder.Services.AddAuditLog();
        builder.AddAccounts();
        builder.Services.AddHistory();
        builder.Services.AddConnect();
        builder.Services.AddErasures();
        builder.Services.AddCallbacks();
        builder.Services.AddOutbound();
        builder.AddMedia();
        builder.AddUploads();
        builder.Services.AddPeople();
        builder.Services.AddSearch();
        builder.Services.AddEvents();
        builder.Services.AddMirrorReads();
        builder.Services.AddApiDocs();
    }

    /// <summary>Maps the store's endpoints.</summary>
    public static void MapStore(this WebApplication app)
    {
        app.MapOutbound();
        app.MapConversations();
        app.MapCannedReplies();
        app.MapSearch();
        app.MapMedia();
        app.MapUploads();
        app.MapEvents();
        app.MapApiDocs();
        app.MapQuarantine();
        app.MapAccess();
        app.MapAccounts();
        app.MapHistory();
        app.MapConnect();
        app.MapErasures();
        app.MapCallbacks();
        app.MapListAudit();
        app.MapDeadLetters<StoreDbContext>("store");
    }
}
