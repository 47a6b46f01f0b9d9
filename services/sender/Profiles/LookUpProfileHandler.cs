using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Profiles;

/// <summary>Wakes the look-ups of profiles.</summary>
internal sealed class ProfileSignal : WakeSignal;

/// <summary>Takes look-ups in. One that waits already stands for all who ask.</summary>
internal sealed class LookUpProfileHandler(ProfileSignal signal, TimeProvider clock) : IMessageHandler<SenderDbContext, LookUpProfile>
{
    public async Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<LookUpProfile>> items)
    {
        var contacts = items.Select(item => item.Body.ContactId).Distinct().ToList();
        var accounts = items.Select(item => item.Body.AccountId).Distinct().ToList();
        var waiting = await scope.Db.Set<ProfileLookup>()
            .Where(row => accounts.Contains(row.AccountId) && contacts.Contains(row.ContactId))
            .Select(row => new { row.AccountId, row.ContactId }).ToListAsync();
        var known = waiting.Select(row => (row.AccountId, row.ContactId)).ToHashSet();
        var now = clock.GetUtcNow();
        foreach (var item in items.Where(item => known.Add((item.Body.AccountId, item.Body.ContactId))))
        {
            scope.Db.Add(new ProfileLookup
            {
                AccountId = item.Body.AccountId, ContactId = item.Body.ContactId, DueAt = now, TraceParent = item.TraceParent,
            });
        }

        scope.AfterCommit(signal.Wake);
    }
}
