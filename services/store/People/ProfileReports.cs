using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.People;

/// <summary>
/// Takes profiles into the threads. Of two reports the later one counts; one that tells nothing leaves what is known, and counts as asked
/// like the others. The picture is Meta's address as it came: whoever keeps pictures begins here.
/// </summary>
internal sealed class ProfileReports(EventLog log) : IMessageHandler<StoreDbContext, ProfileReported>
{
    public async Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<ProfileReported>> items)
    {
        var contacts = items.Select(item => item.Body.ContactId).Distinct().ToList();
        var threads = (await scope.Db.Conversations.ForUpdate().Where(row => contacts.Contains(row.ContactId)).ToListAsync())
            .ToDictionary(row => (row.AccountId, row.ContactId));
        var accountIds = items.Select(item => item.Body.AccountId).Distinct().ToList();
        var accounts = await scope.Db.Accounts.Where(account => accountIds.Contains(account.Id)).ToDictionaryAsync(account => account.Id);
        foreach (var item in items)
        {
            var report = item.Body;
            if (!threads.TryGetValue((report.AccountId, report.ContactId), out var thread)) continue;
            if (report.Outcome != ProfileOutcome.Found) thread.CheckProfile(report.At);
            else if (thread.TakeProfile(report.Username, report.Name, report.PictureUrl, report.At))
            {
                log.Append(
                    scope,
                    accounts[report.AccountId],
                    thread.Id,
                    EventTypes.ContactUpdated,
                    new ContactEventData(ContactView.Of(thread)),
                    item.TraceParent);
            }
        }
    }
}

/// <summary><c>data</c> of <c>contact.updated</c>.</summary>
internal sealed record ContactEventData(ContactView Contact);
