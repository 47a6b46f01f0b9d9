using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Profiles;

/// <summary>Counts for the account's health. A count that comes twice does no harm there.</summary>
internal sealed class ProfileCacheUsedHandler : IMessageHandler<SenderDbContext, ProfileCacheUsed>
{
    public async Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<ProfileCacheUsed>> items)
    {
        var ids = items.Select(item => item.Body.AccountId).Distinct().ToList();
        var uses = await scope.Db.Set<ProfileCacheUse>().ForUpdate().Where(row => ids.Contains(row.AccountId))
            .ToDictionaryAsync(row => row.AccountId);
        foreach (var item in items)
        {
            if (!uses.TryGetValue(item.Body.AccountId, out var use))
            {
                uses[item.Body.AccountId] = use = ProfileCacheUse.Begin(item.Body);
                scope.Db.Add(use);
            }

            use.Add(item.Body);
        }
    }
}
