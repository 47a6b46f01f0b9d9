using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Events;
using InstaMessenger.Store.Media;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.People;

/// <summary>
/// Takes profiles into the threads. Of two reports the later one counts; one that tells nothing leaves what is known, and counts as asked
/// like the others.
/// </summary>
internal sealed class ProfileReports(EventLog log, ContactPictures pictures) : IMessageHandler<StoreDbContext, ProfileReported>
{
    public async Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<ProfileReported>> items)
    {
        var contacts = items.Select(item => item.Body.ContactId).Distinct().ToList();
        var accountIds = items.Select(item => item.Body.AccountId).Distinct().ToList();
        var threads = (await scope.Db.Conversations.ForUpdate()
            .Where(row => contacts.Contains(row.ContactId) && accountIds.Contains(row.AccountId)).ToListAsync())
            .ToDictionary(row => (row.AccountId, row.ContactId));
        var accounts = await scope.Db.Accounts.Where(account => accountIds.Contains(account.Id)).ToDictionaryAsync(account => account.Id);
        await ContactPictures.LoadAsync(scope.Db, [.. threads.Values.Select(thread => thread.Id)]);
        foreach (var item in items)
        {
            var report = item.Body;
            if (!threads.TryGetValue((report.AccountId, report.ContactId), out var thread) || !thread.CheckProfile(report.At)) continue;
            if (report.Outcome != ProfileOutcome.Found) continue;
            var account = accounts[report.AccountId];
            var isNews = thread.Call(report.Username, report.Name)
                | thread.Describe(report.Facts ?? ContactFacts.None)
                | pictures.Take(scope, account, thread, report.PictureUrl, item.TraceParent);
            if (!isNews) continue;
            log.Append(
                scope, account, thread.Id, EventTypes.ContactUpdated, new ContactEventData(ContactView.Of(thread)), item.TraceParent);
        }
    }
}
