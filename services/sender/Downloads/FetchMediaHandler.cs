using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Downloads;

/// <summary>Wakes the downloads.</summary>
internal sealed class DownloadSignal : WakeSignal;

/// <summary>
/// Takes downloads into rows. A command that comes again while its download waits finds the row; one that comes after it has the file
/// written anew under the same name, which changes nothing.
/// </summary>
internal sealed class FetchMediaHandler(DownloadSignal signal, TimeProvider clock) : IMessageHandler<SenderDbContext, FetchMedia>
{
    public async Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<FetchMedia>> items)
    {
        var files = items.Select(item => item.Body.File).ToList();
        var known = await scope.Db.Downloads.Where(row => files.Contains(row.File)).Select(row => row.File).ToHashSetAsync();
        var now = clock.GetUtcNow();
        foreach (var item in items.Where(item => known.Add(item.Body.File))) scope.Db.Add(Download.Of(item, now));
        scope.AfterCommit(signal.Wake);
    }
}
