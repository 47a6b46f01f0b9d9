using InstaMessenger.Contracts.Commands;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Jobs;
using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Replays;

/// <summary>
/// Has the log read page by page, each once most of the one before was posted: an endpoint has few deliveries of a replay at a time,
/// however long it is. While the endpoint takes nothing no page is asked for.
/// </summary>
internal sealed class ReplayWorker(
    IDbContextFactory<CrmForwarderDbContext> factory,
    IUnitOfWork<CrmForwarderDbContext> unitOfWork,
    DeliveryMailbox mailbox,
    ReplaySignal signal,
    TimeProvider clock,
    ILogger<ReplayWorker> logger) : JobWorker<CrmForwarderDbContext, EndpointReplay>(factory, unitOfWork, clock, logger)
{
    /// <summary>Deliveries that were not tried yet; with fewer the next page is asked for, which takes some hops of the bus.</summary>
    private const int FewEnough = 32;

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    public override string Name => "crm-forwarder.replays";

    public override TimeSpan Interval => TimeSpan.FromSeconds(1);

    public override WakeSignal Signal => signal;

    protected override IQueryable<string> Ids(IOrderedQueryable<EndpointReplay> jobs) => jobs.ThenBy(row => row.Id).Select(row => row.Id);

    protected override IQueryable<EndpointReplay> Of(IQueryable<EndpointReplay> jobs, string id) => jobs.Where(row => row.Id == id);

    protected override async Task StepAsync(WorkScope<CrmForwarderDbContext> scope, EndpointReplay job, DateTimeOffset now)
    {
        var db = scope.Db;
        var endpoint = await db.Endpoints.AsNoTracking().SingleOrDefaultAsync(row => row.Id == job.EndpointId);
        if (endpoint is null or { State: EndpointState.Removed })
        {
            await CancelReplay.EndAsync(scope, job, mailbox, now);
            return;
        }

        job.PutOff(now + LookAgainAfter);
        if (job.Awaits(now)) return;
        var untried = await db.Deliveries.Where(
            row => row.EndpointId == job.EndpointId && row.State == DeliveryState.Replaying && row.ReplayId == job.Id && row.Failures == 0)
            .OrderBy(row => row.DueAt).Take(FewEnough + 1).CountAsync();
        if (job.IsRead)
        {
            if (untried == 0) job.End(ReplayState.Done, now);
            return;
        }

        if (endpoint.State != EndpointState.Active || untried > FewEnough || (untried > 0 && endpoint.FailingSince is not null)) return;
        var accounts = endpoint.AllAccounts
            ? null
            : await db.ReadableAsync(
                db.EndpointAccounts.Where(row => row.EndpointId == job.EndpointId).Select(row => row.AccountId).OrderBy(id => id));
        scope.Publish(new ReadEvents(
            job.Id,
            job.Page,
            job.Position ?? job.AfterSequence,
            job.UpToSequence,
            job.FromTime,
            job.ToTime,
            accounts,
            EventFilter.Narrowed(endpoint.EventTypes, job.EventTypes))
        {
            AllAccounts = endpoint.AllAccounts,
        });
        job.Ask(now);
    }
}
