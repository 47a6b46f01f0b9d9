using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Hosting.Bus;

/// <summary><c>/api/v1/dead-letters/{service}</c>: what a service's consumers could not handle, and its replay. For admins.</summary>
public static class DeadLetterEndpoints
{
    /// <summary>Maps the endpoints of one service.</summary>
    /// <typeparam name="TContext">The service's database.</typeparam>
    /// <param name="service">The service's name in the path.</param>
    public static void MapDeadLetters<TContext>(this IEndpointRouteBuilder routes, string service)
        where TContext : ServiceDbContext
    {
        var group = routes.MapGroup($"/api/v1/dead-letters/{service}").RequireAuthorization(CallerAuthenticationSetup.Admin)
            .WithTags("Operations");
        group.MapGet("", ListAsync).Needs(Scopes.Read)
            .WithSummary($"Messages that {service} could not handle, oldest first; without their content.");
        group.MapPost("{id:long}/replay", ReplayAsync).Needs(Scopes.Manage).Audited(AuditActions.DeadLetterReplayed)
            .Refuses(StatusCodes.Status409Conflict, "replay_failed")
            .WithSummary("Handles a dead letter again, and removes it when that succeeds.");

        // The build writes what binds their parameters, and cannot where the database is one of them.
        Task<Ok<Page<DeadLetterView>>> ListAsync(
            IServiceProvider services, NumberCursor<DeadLetter>? cursor, int? limit, CancellationToken cancellationToken) =>
            DeadLetterEndpoints.ListAsync<TContext>(services, cursor, limit, cancellationToken);

        Task<Results<NoContent, ProblemHttpResult>> ReplayAsync(
            IServiceProvider services, long id, AuditTrail audit, CancellationToken cancellationToken) =>
            DeadLetterEndpoints.ReplayAsync<TContext>(services, id, audit, cancellationToken);
    }

    private static async Task<Ok<Page<DeadLetterView>>> ListAsync<TContext>(
        IServiceProvider services, NumberCursor<DeadLetter>? cursor, int? limit, CancellationToken cancellationToken)
        where TContext : ServiceDbContext
    {
        var (size, after) = (PageLimit.Of(limit), cursor?.Number ?? 0);
        await using var db = await DatabaseAsync<TContext>(services, cancellationToken);
        var all = db.Set<DeadLetter>()
            .Where(row => row.Id > after)
            .OrderBy(row => row.Id)
            .Select(row => new DeadLetterView(
                row.Id, row.Queue, row.MessageType, row.ItemId, row.Error, row.CreatedAt, row.Cause, row.ReplayAt));
        var rows = await db.ReadableAsync(all.Take, size + 1, cancellationToken);
        return TypedResults.Ok(Page.Of(rows, size, row => row, row => new NumberCursor<DeadLetter>(row.Id)));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ReplayAsync<TContext>(
        IServiceProvider services, long id, AuditTrail audit, CancellationToken cancellationToken)
        where TContext : ServiceDbContext
    {
        await using var db = await DatabaseAsync<TContext>(services, cancellationToken);
        var queue = await db.Set<DeadLetter>().Where(row => row.Id == id).Select(row => row.Queue).SingleOrDefaultAsync(cancellationToken);
        var subscription = services.GetServices<BusSubscription>().SingleOrDefault(candidate => candidate.Queue == queue);
        if (subscription is null) return Problems.NotFound("dead letter with a handler");
        try
        {
            if (await subscription.ReplayAsync(services, id, audit, cancellationToken)) return TypedResults.NoContent();
            return Problems.NotFound("dead letter");
        }
        catch (Exception error) when (!DatabaseErrors.IsUnavailable(error))
        {
            return Problems.Of(
                StatusCodes.Status409Conflict,
                "replay_failed",
                $"It failed again and was kept: {error.GetBaseException().GetType().Name}.");
        }
    }

    private static Task<TContext> DatabaseAsync<TContext>(IServiceProvider services, CancellationToken cancellationToken)
        where TContext : ServiceDbContext =>
        services.GetRequiredService<IDbContextFactory<TContext>>().CreateDbContextAsync(cancellationToken);

    internal sealed record DeadLetterView(
        long Id,
        string Queue,
        string MessageType,
        string ItemId,
        string Error,
        DateTimeOffset CreatedAt,
        DeadLetterCause Cause,
        DateTimeOffset? ReplayAt);
}
