using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary><c>GET /api/v1/webhook-endpoints/{id}/deliveries</c>: the delivery log, latest due first.</summary>
internal static class ListDeliveries
{
    private static readonly TimeCursor First = new(DateTimeOffset.MaxValue, long.MaxValue);

    public static void MapListDeliveries(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/webhook-endpoints/{id}/deliveries", HandleAsync)
            .Needs(Scopes.Read)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithTags("CRM webhooks")
            .WithSummary("The deliveries of an endpoint with their attempts; state=pending, delivered or dead.");

    private static async Task<Results<Ok<Page<DeliveryView>>, ProblemHttpResult>> HandleAsync(
        string id,
        Caller caller,
        IDbContextFactory<CrmForwarderDbContext> factory,
        string? state,
        TimeCursor? cursor,
        int? limit,
        CancellationToken cancellationToken)
    {
        DeliveryState[] states = Enum.GetValues<DeliveryState>();
        if (state is not null)
        {
            states = [.. states.Where(known => known.ToString().Equals(state, StringComparison.OrdinalIgnoreCase))];
            if (states.Length == 0) return Problems.Invalid(("state", "One of pending, delivered, dead."));
        }

        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        // No more of the endpoint than whose it is: its log is shown although something else of it cannot be read.
        var owners = await db.Endpoints.Where(row => row.Id == id).Select(row => row.AccountId).ToListAsync(cancellationToken);
        if (owners is not [var owner] || !caller.CanSee(owner)) return Problems.NotFound("webhook endpoint");
        return TypedResults.Ok(await PageAsync(db, id, states, cursor ?? First, PageLimit.Of(limit), cancellationToken));
    }

    private static async Task<Page<DeliveryView>> PageAsync(
        CrmForwarderDbContext db,
        string endpointId,
        DeliveryState[] states,
        TimeCursor before,
        int size,
        CancellationToken cancellationToken)
    {
        var found = new List<TimeCursor>();
        // A query for each state walks the index from its end; one for all of them would sort every delivery that the endpoint ever had.
        foreach (var state in states)
        {
            var places = db.Deliveries
                .Where(row => row.EndpointId == endpointId && row.State == state
                && (row.DueAt < before.Time || (row.DueAt == before.Time && row.Id < before.Number)))
                .OrderByDescending(row => row.DueAt).ThenByDescending(row => row.Id)
                .Select(row => new TimeCursor(row.DueAt, row.Id));
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
            row => row.DeliveryId, row => new AttemptView(row.Number, row.At, row.Status, row.Error, row.DurationMs));
        return new Page<DeliveryView>(
            [.. ids.Where(views.ContainsKey).Select(id => views[id] with { Log = [.. log[id]] })],
            page.NextCursor);
    }
}
