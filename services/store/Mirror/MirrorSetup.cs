using InstaMessenger.Contracts.Commands;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Mirror;

/// <summary>What the crm-forwarder's mirror reads of the store.</summary>
internal static class MirrorSetup
{
    public static void AddMirrorReads(this IServiceCollection services) =>
        services.AddMessageHandler<StoreDbContext, ReadMirror, MirrorReads>("store.read-mirror");
}
