using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store;

/// <summary>
/// Takes what the store publishes for the sender in nearly every test: who a customer is, what was written before an account was linked,
/// whom to erase. A message that nobody consumes would hold up all that is published behind it.
/// </summary>
internal sealed class NoProfiles
    : IMessageHandler<StoreDbContext, LookUpProfile>,
    IMessageHandler<StoreDbContext, ProfileCacheUsed>,
    IMessageHandler<StoreDbContext, ReadHistory>,
    IMessageHandler<StoreDbContext, AccountActive>,
    IMessageHandler<StoreDbContext, EraseData>
{
    /// <summary>Adds it unless the test listens itself.</summary>
    public static void AddTo(IServiceCollection services)
    {
        services.AddMessageHandler<StoreDbContext, ReadHistory, NoProfiles>("sender.read-history");
        services.AddMessageHandler<StoreDbContext, EraseData, NoProfiles>("sender.erase-data");
        services.AddMessageHandler<StoreDbContext, EraseData, NoProfiles>("crm-forwarder.erase-data");
        if (!IsHeard<AccountActive>(services))
            services.AddMessageHandler<StoreDbContext, AccountActive, NoProfiles>("sender.account-active");
        if (IsHeard<LookUpProfile>(services)) return;
        services.AddMessageHandler<StoreDbContext, LookUpProfile, NoProfiles>("sender.look-up-profile");
        services.AddMessageHandler<StoreDbContext, ProfileCacheUsed, NoProfiles>("sender.profile-cache-used");
    }

    public Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<LookUpProfile>> items) => Task.CompletedTask;

    public Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<ProfileCacheUsed>> items) => Task.CompletedTask;

    public Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<ReadHistory>> items) => Task.CompletedTask;

    public Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<AccountActive>> items) => Task.CompletedTask;

    public Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<EraseData>> items)
    {
        foreach (var command in items.Select(item => item.Body).Where(command => command.Events is null))
        foreach (var service in (string[])["sender", "crm-forwarder"])
            scope.Publish(new DataErased(command.ErasureId, command.Round, command.AccountId, service, 0));
        return Task.CompletedTask;
    }

    private static bool IsHeard<T>(IServiceCollection services) => services.Any(
        service => service.ServiceType == typeof(BusSubscription)
            && service.ImplementationInstance!.GetType().GenericTypeArguments.Contains(typeof(T)));
}
