using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Releases events that wait although their account is known. On MySQL an event and the news of its account can be handled at the same
/// moment without seeing each other; without the sweep that event would wait for ever. One process at a time, by a lease; without a fence,
/// since a delivery is made once for each event and endpoint.
/// </summary>
internal sealed class WaitingEventSweeper(
    IDbContextFactory<CrmForwarderDbContext> factory,
    IUnitOfWork<CrmForwarderDbContext> unitOfWork,
    Leases<CrmForwarderDbContext> leases,
    EventIntake intake,
    TimeProvider clock,
    ILogger<WaitingEventSweeper> logger) : RowWorker<long>(clock, logger)
{
    public override string Name => "crm-forwarder.waiting-event-sweeper";

    public override TimeSpan Interval => TimeSpan.FromSeconds(10);

    public override ILease Lease { get; } = leases.Of("crm-forwarder.waiting-event-sweeper");

    protected override async Task<IReadOnlyList<long>> FindAsync(
        IReadOnlyCollection<long> except, int limit, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        return await db.WaitingEvents
            .Where(row => !except.Contains(row.Sequence)
                && db.Accounts.Any(account => account.AccountId == row.AccountId && account.Version >= row.AccountVersion))
            .OrderBy(row => row.Sequence).Take(limit).Select(row => row.Sequence).ToListAsync(cancellationToken);
    }

    protected override Task HandleAsync(IReadOnlyList<long> rows, CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        async scope =>
        {
            var accounts = await scope.Db.WaitingEvents.Where(row => rows.Contains(row.Sequence)).Select(row => row.AccountId).Distinct()
                .ToListAsync();
            await intake.ReleaseAsync(scope, await EventIntake.StandingOfAsync(scope.Db, accounts), rows);
        },
        cancellationToken);

    protected override Task SetAsideAsync(long row, Exception error, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(scope => EventIntake.SetAsideAsync(scope.Db, row), cancellationToken);
}
