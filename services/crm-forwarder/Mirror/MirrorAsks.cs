using InstaMessenger.Contracts.Commands;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>
/// Asks the store for the next page, one question at a time for all processes. A question whose answer does not come is asked again, by
/// whichever process looks first.
/// </summary>
internal sealed class MirrorAsks(
    IDbContextFactory<CrmForwarderDbContext> factory, IUnitOfWork<CrmForwarderDbContext> unitOfWork, TimeProvider clock)
{
    /// <summary>How long an answer is waited for: some hops of the bus, of which each may be taken over by another process.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Erasures that ended so long before the last page are told again: clocks differ, and commits take time.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(1);

    /// <summary>Returns the number of the question that is open; null for none.</summary>
    public async Task<long?> OpenAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var row = await db.MirrorAsks.SingleOrDefaultAsync(row => row.Id == MirrorAsk.Only, cancellationToken);
        return row?.IsOpen(clock.GetUtcNow()) is true ? row.Ask : null;
    }

    /// <summary>Asks for what comes next, unless a question is open.</summary>
    public Task AskAsync(MirrorPlace place, CancellationToken cancellationToken) => ChangeAsync(
        (scope, row, now) =>
        {
            if (row.IsOpen(now)) return;
            scope.Publish(new ReadMirror(
                row.Begin(now, Patience), place.Sequence, place.LastSequence, MirrorPage.Types, place.Fill, place.UpdatedAt - Overlap));
        },
        cancellationToken);

    /// <summary>Notes that an answer was applied.</summary>
    /// <param name="ask">The answer's number.</param>
    /// <param name="place">Where the mirror stands now.</param>
    /// <param name="head">The last sequence of the log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether the mirror has everything.</returns>
    public async Task<bool> AppliedAsync(long ask, MirrorPlace place, long head, CancellationToken cancellationToken)
    {
        var isComplete = place.Fill is null && place.Sequence >= head;
        await ChangeAsync(
            (_, row, now) =>
            {
                if (row.Ask == ask) row.Applied(Math.Max(0, head - (place.Sequence ?? 0)), isComplete, now);
            },
            cancellationToken);
        return isComplete;
    }

    /// <summary>Waits no more for the answer to a question.</summary>
    public Task DropAsync(long ask, CancellationToken cancellationToken) => ChangeAsync(
        (_, row, _) =>
        {
            if (row.Ask == ask) row.End();
        },
        cancellationToken);

    private Task ChangeAsync(
        Action<WorkScope<CrmForwarderDbContext>, MirrorAsk, DateTimeOffset> change, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(
            async scope =>
            {
                var row = await scope.Db.MirrorAsks.ForUpdate().SingleOrDefaultAsync(row => row.Id == MirrorAsk.Only);
                row ??= scope.Db.Add(new MirrorAsk { Id = MirrorAsk.Only }).Entity;
                change(scope, row, clock.GetUtcNow());
            },
            cancellationToken);
}
