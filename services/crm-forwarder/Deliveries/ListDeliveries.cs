using System.Globalization;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary><c>GET /api/v1/webhook-endpoints/{id}/deliveries</c>: the delivery log, latest due first.</summary>
internal static class ListDeliveries
{
    public static void MapListDeliveries(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/webhook-endpoints/{id}/deliveries", HandleAsync)
            .WithTags("CRM webhooks")
            .WithSummary("The deliveries of an endpoint with their attempts; state=pending, delivered or dead.");

    private static async Task<IResult> HandleAsync(
        string id, Caller caller, IDbContextFactory<CrmForwarderDbContext> factory, string? state, string? cursor, int? limit, CancellationToken cancellationToken)
    {
        DeliveryState[] states = Enum.GetValues<DeliveryState>();
        if (state is not null)
        {
            states = [.. states.Where(known => known.ToString().Equals(state, StringComparison.OrdinalIgnoreCase))];
            if (states.Length == 0) return Problems.Invalid(("state", "One of pending, delivered, dead."));
        }

        var after = Position.First;
        if (cursor is not null && !Position.TryParse(cursor, out after)) return Problems.Invalid(("cursor", "Give next_cursor of the page before."));

        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var endpoint = await db.Endpoints.SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        if (endpoint is null || !caller.CanSee(endpoint.AccountId)) return Problems.NotFound("webhook endpoint");
        return TypedResults.Ok(await PageAsync(db, id, states, after, PageLimit.Of(limit), cancellationToken));
    }

    private static async Task<Page<DeliveryView>> PageAsync(
        CrmForwarderDbContext db, string endpointId, DeliveryState[] states, Position after, int size, CancellationToken cancellationToken)
    {
        var found = new List<Position>();
        // A query for each state walks the index from its end; one for all of them would sort every delivery that the endpoint ever had.
        foreach (var state in states)
        {
            found.AddRange(await db.Deliveries
                .Where(row => row.EndpointId == endpointId && row.State == state && (row.DueAt < after.Due || (row.DueAt == after.Due && row.Id < after.Id)))
                .OrderByDescending(row => row.DueAt).ThenByDescending(row => row.Id)
                .Take(size)
                .Select(row => new Position(row.DueAt, row.Id))
                .ToListAsync(cancellationToken));
        }

        var page = found.OrderByDescending(position => position.Due).ThenByDescending(position => position.Id).Take(size).ToList();
        var ids = page.Select(position => position.Id).ToList();
        var views = await db.Deliveries.Where(row => ids.Contains(row.Id)).Select(DeliveryView.Of).ToDictionaryAsync(view => view.Id, cancellationToken);
        var attempts = await db.Attempts.Where(row => ids.Contains(row.DeliveryId)).OrderBy(row => row.Number).ToListAsync(cancellationToken);
        var log = attempts.ToLookup(row => row.DeliveryId, row => new AttemptView(row.Number, row.At, row.Status, row.Error, row.DurationMs));
        return new Page<DeliveryView>(
            [.. ids.Where(views.ContainsKey).Select(id => views[id] with { Log = [.. log[id]] })],
            page.Count == size ? page[^1].ToString() : null);
    }

    /// <summary>A place in the list.</summary>
    private sealed record Position(DateTimeOffset Due, long Id)
    {
        public static readonly Position First = new(DateTimeOffset.MaxValue, long.MaxValue);

        public static bool TryParse(string cursor, out Position position)
        {
            var (split, due, id) = (cursor.IndexOf('-'), 0L, 0L);
            var valid = split > 0
                && long.TryParse(cursor.AsSpan(0, split), NumberStyles.None, CultureInfo.InvariantCulture, out due)
                && long.TryParse(cursor.AsSpan(split + 1), NumberStyles.None, CultureInfo.InvariantCulture, out id)
                && due <= First.Due.ToUnixTimeMilliseconds();
            position = valid ? new Position(DateTimeOffset.FromUnixTimeMilliseconds(due), id) : First;
            return valid;
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Due.ToUnixTimeMilliseconds()}-{Id}");
    }
}
