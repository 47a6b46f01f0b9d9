using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Media;

/// <summary>
/// Removes files that no row names: what a process wrote that was frozen longer than its claim, or killed between an upload's file and its
/// row, and what a restored backup does not know. A file gets its row before it is written, or within minutes, so an old file without one
/// is nobody's.
/// </summary>
internal sealed partial class OrphanSweep(
    IDbContextFactory<StoreDbContext> factory,
    Leases<StoreDbContext> leases,
    IMediaStore store,
    TimeProvider clock,
    ILogger<OrphanSweep> logger) : Worker
{
    private const int AtOnce = 500;

    /// <summary>Longer than it takes to restore the database and the files one after the other.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromDays(1);

    public override string Name => "store.media-orphans";

    public override TimeSpan Interval => TimeSpan.FromHours(6);

    public override ILease Lease { get; } = leases.Of("store.media-orphans");

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - Young;
        var old = new List<MediaFile>();
        await foreach (var found in store.ListAsync(cancellationToken))
        {
            if (found.WrittenAt >= before) continue;
            old.Add(found.File);
            if (old.Count < AtOnce) continue;
            await RemoveNamelessAsync(old, cancellationToken);
            old.Clear();
        }

        await RemoveNamelessAsync(old, cancellationToken);
        await store.RemoveRemainsAsync(before, cancellationToken);
        return NextRound.WhenWoken;
    }

    private async Task RemoveNamelessAsync(List<MediaFile> files, CancellationToken cancellationToken)
    {
        if (files.Count == 0 || !Lease.IsHeld) return;
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var named = await NamedFiles.AmongAsync(db, files, cancellationToken);
        foreach (var file in files.Where(file => !named.Contains(file)))
        {
            await store.DeleteAsync(file, cancellationToken);
            LogRemoved(logger, file);
        }
    }

    [LoggerMessage(
        EventName = "media.orphan_removed",
        Level = LogLevel.Warning,
        Message = "{File} of the media storage was nobody's, and was removed")]
    private static partial void LogRemoved(ILogger logger, MediaFile file);
}
