using System.Globalization;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Callbacks;

/// <summary>
/// <c>GET /data-deletion/{confirmation_code}</c>: tells whoever has the code what has really happened, and nothing else. It names no
/// account: the code may be passed on.
/// </summary>
internal static class DeletionStatus
{
    public static void MapDeletionStatus(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/data-deletion/{code}", ShowAsync).AllowAnonymous().ExcludeFromDescription();

    public static string PathOf(string code) => $"/data-deletion/{code}";

    private static async Task<IResult> ShowAsync(
        string code, HttpContext context, IDbContextFactory<StoreDbContext> factory, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Robots-Tag"] = "noindex";
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var request = await db.Set<DeletionRequest>().AsNoTracking().SingleOrDefaultAsync(row => row.Code == code, cancellationToken);
        var wantsJson = context.Request.Headers.Accept.ToString().Contains("application/json", StringComparison.OrdinalIgnoreCase);
        if (request is null) return wantsJson ? Problems.NotFound("deletion request") : Page(404, "There is no such request.");
        var erasures = await db.Set<Erasure>().AsNoTracking().Where(row => row.RequestCode == code).Select(row => row.FinishedAt)
            .ToListAsync(cancellationToken);
        DateTimeOffset? finishedAt = erasures.Count < request.Accounts || erasures.Contains(null)
            ? null
            : erasures.Max() ?? request.ReceivedAt;
        if (wantsJson)
        {
            var state = finishedAt is null ? "running" : "done";
            return TypedResults.Json(new Status(code, state, request.Accounts > 0, request.ReceivedAt, finishedAt), ApiJson.Options);
        }

        return Page(200, Sentence(request, finishedAt));
    }

    private static string Sentence(DeletionRequest request, DateTimeOffset? finishedAt)
    {
        var asked = $"Your request of {Time(request.ReceivedAt)} has arrived. ";
        if (request.Accounts == 0) return asked + "Nothing of you is kept here, so there was nothing to delete.";
        return asked + (finishedAt is { } at
            ? $"Everything was deleted by {Time(at)}: messages, files, contacts, and what other programs were to be told of them."
            : "Your data is being deleted. This has not ended yet; look again later.");
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>The sentence is ours: nothing of the request is in it.</summary>
    private static IResult Page(int status, string sentence) => Results.Text(
        $"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Deletion of your data</title></head>
        <body>
        <h1>Deletion of your data</h1>
        <p>{sentence}</p>
        </body>
        </html>
        """,
        "text/html; charset=utf-8",
        statusCode: status);
    /// <param name="State"><c>running</c> or <c>done</c>.</param>
    /// <param name="Found">Whether anything was kept.</param>
    /// <param name="ReceivedAt">When Meta asked (UTC).</param>
    /// <param name="FinishedAt">When nothing was left (UTC); null while something is.</param>
    internal sealed record Status(
        string ConfirmationCode, string State, bool Found, DateTimeOffset ReceivedAt, DateTimeOffset? FinishedAt);
}
