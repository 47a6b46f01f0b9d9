using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.People;

/// <summary>Adds what finds out who the contacts are.</summary>
internal static class PeopleSetup
{
    public static void AddPeople(this IServiceCollection services)
    {
        services.AddWorker<ProfileRequests>();
        services.AddMessageHandler<StoreDbContext, ProfileReported, ProfileReports>("store.profile-reported");
    }
}
