using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Downloads;

/// <summary>
/// Takes downloads back. Their rows lose the address at once and end as downloads that failed, so that the store removes what an attempt
/// may have written. An attempt that is under way goes on to its end and is not repeated.
/// </summary>
internal sealed class CancelFetchHandler(DownloadSignal signal, TimeProvider clock) : IMessageHandler<SenderDbContext, CancelFetch>
{
    /// <summary>How long a command to fetch may come behind this one, and still has no effect.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    public async Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<CancelFetch>> items)
    {
        var (files, now) = (items.Select(item => item.Body.File).ToList(), clock.GetUtcNow());
        var rows = scope.Db.Downloads.Where(row => files.Contains(row.File));
        var known = await rows.Select(row => row.File).ToHashSetAsync();
        await rows.ExecuteUpdateAsync(set => set.SetProperty(row => row.Url, ""));
        await rows.Where(row => !row.Claimed).ExecuteUpdateAsync(set => set.SetProperty(row => row.DueAt, now));
        foreach (var item in items.Where(item => known.Add(item.Body.File))) scope.Db.Add(Download.TakenBack(item, now + Remembered));
        await FetchLetters.RemoveAsync(scope.Db, files);
        scope.AfterCommit(signal.Wake);
    }
}
