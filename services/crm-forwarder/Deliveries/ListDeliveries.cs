using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary><c>GET /api/v1/webhook-endpoints/{id}/deliveries</c>: the delivery log, latest due first; and one of them.</summary>
internal static class ListDeliveries
{
    private static readonly Dictionary<string, DeliveryState> ByName = Enum.GetValues<DeliveryState>()
        .ToDictionary(state => state.ToString().ToLowerInvariant());

    private static readonly TimeCursor<Delivery> First = new(DateTimeOffset.MaxValue, long.MaxValue);

    public static void MapListDeliveries(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/webhook-endpoints/{id}/deliveries", HandleAsync)
            .Needs(Scopes.Read)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithTags("CRM webhooks")
            .WithSummary("The deliveries of an endpoint with their attempts; state=pending, waiting (for a retry), delivered or dead.");
        routes.MapGet("/api/v1/deliveries/{id:long}", ShowAsync)
            .Needs(Scopes.Read)
            .WithTags("CRM webhooks")
            .WithSummary("One delivery with its attempts.");
    }

    private static async Task<Results<Ok<Page<DeliveryView>>, ProblemHttpResult>> HandleAsync(
        string id,
        Caller caller,
        IDbContextFactory<CrmForwarderDbContext> factory,
        TimeProvider clock,
        [FromQuery(Name = "event_type")] string? eventType,
        string? state,
        TimeCursor<Delivery>? cursor,
        int? limit,
        CancellationToken cancellationToken)
    {
        DeliveryState[] states = Enum.GetValues<DeliveryState>();
        var waits = state == "waiting";
        if (waits || state == "pending") states = [DeliveryState.Pending, DeliveryState.Replaying];
        else if (state is not null)
        {
            if (!ByName.TryGetValue(state, out var known))
                return Problems.Invalid(("state", "One of pending, waiting, replaying, delivered, dead."));
            states = [known];
        }

        if (eventType is not null && !EventFilter.Known.Contains(eventType))
            return Problems.Invalid(("event_type", $"Known are {string.Join(", ", EventFilter.Known)}."));

        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        // No more of the endpoint than whose it is: its log is shown although something else of it cannot be read.
        if (!await db.Endpoints.SeenBy(db, caller).AnyAsync(row => row.Id == id, cancellationToken))
            return Problems.NotFound("webhook endpoint");
        var rows = db.Deliveries.Where(row => row.EndpointId == id).SeenBy(caller);
        if (eventType is not null) rows = rows.Where(row => row.EventType == eventType);
        var now = clock.GetUtcNow();
        if (waits) rows = rows.Where(row => row.Failures > 0 && row.DueAt > now);
        return TypedResults.Ok(await PageAsync(db, rows, states, cursor ?? First, PageLimit.Of(limit), cancellationToken));
    }

    private static async Task<Results<Ok<DeliveryView>, ProblemHttpResult>> ShowAsync(
        long id, Caller caller, IDbContextFactory<CrmForwarderDbContext> factory, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var view = await db.Deliveries.Where(row => row.Id == id).SeenBy(db, caller).Select(DeliveryView.Of)
            .SingleOrDefaultAsync(cancellationToken);
        if (view is null) return Problems.NotFound("delivery");
        var log = await db.Attempts.Where(row => row.DeliveryId == id).OrderBy(row => row.Number).ToListAsync(cancellationToken);
        return TypedResults.Ok(view with { Log = log.ConvertAll(AttemptView.Of) });
    }

    private static async Task<Page<DeliveryView>> PageAsync(
        CrmForwarderDbContext db,
        IQueryable<Delivery> rows,
        DeliveryState[] states,
        TimeCursor<Delivery> before,
        int size,
        CancellationToken cancellationToken)
    {
        var found = new List<TimeCursor<Delivery>>();
        // A query for each state walks the index from its end; one for all of them would sort every delivery that the endpoint ever had.
        foreach (var state in states)
        {
            var places = rows
                .Where(row => row.State == state
                && (row.DueAt < before.Time || (row.DueAt == before.Time && row.Id < before.Number)))
                .OrderByDescending(row => row.DueAt).ThenByDescending(row => row.Id)
                .Select(row => new TimeCursor<Delivery>(row.DueAt, row.Id));
            found.AddRange(await db.ReadableAsync(places.Take, size + 1, cancellationToken));
        }

        var page = Page.Of(
            [.. found.OrderByDescending(place => place.Time).ThenByDescending(place => place.Number).Take(size + 1)],
            size,
            place => place.Number,
            place => place);
        var ids = page.Data;
        var asked = db.Deliveries.Where(row => ids.Contains(row.Id)).OrderBy(row => row.Id).Select(DeliveryView.Of);
        var views = (await db.ReadableAsync(asked, cancellationToken))
            .ToDictionary(view => view.Id);
        var attempts = await db.ReadableAsync(
            db.Attempts.Where(row => ids.Contains(row.DeliveryId)).OrderBy(row => row.DeliveryId)
                .ThenBy(row => row.Number), cancellationToken);
        var log = attempts.ToLookup(
            row => row.DeliveryId, AttemptView.Of);
        return new Page<DeliveryView>(
            [.. ids.Where(views.ContainsKey).Select(id => views[id] with { Log = [.. log[id]] })],
            page.NextCursor);
    }
}
