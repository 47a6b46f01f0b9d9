using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary>Tells other services which accounts their users' things may still be of.</summary>
internal sealed class ReachAnswers : IMessageHandler<StoreDbContext, CheckReach>
{
    public async Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<CheckReach>> items)
    {
        foreach (var asked in items.Select(item => item.Body))
        {
            foreach (var user in asked.UserIds)
            {
                var caller = await EffectiveAccess.OfUserAsync(scope.Db, user, CancellationToken.None);
                scope.Publish(caller is { Accounts: var reach }
                    ? new ReachChecked(user, reach.IsAll, reach.IsAll ? [] : [.. reach.Listed], asked.AskedAt)
                    : new ReachChecked(
                        user, AllAccounts: false, [], asked.AskedAt, IsGone: !await scope.Db.Set<User>().AnyAsync(row => row.Id == user)));
            }
        }
    }
}
