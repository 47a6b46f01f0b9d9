using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace InstaMessenger.Store.Events;

/// <summary><c>GET /api/v1/events/stream</c>: the log as it grows, as server-sent events.</summary>
internal static class LiveStream
{
    private const string LastEventId = "Last-Event-ID";

    public static void MapLiveStream(this IEndpointRouteBuilder routes) => routes.MapGet("/stream", StreamAsync)
        .WithSummary("The events as they happen, as server-sent events.")
        .WithDescription(
            "id is the sequence, event the type, data the event. The first id stands alone and says where the stream begins. Goes on "
                + "behind Last-Event-ID (or ?after=) without a gap, else from now. types is a list with commas. "
            + "410 events_expired says that events behind that place are not kept any more. "
            + "A person also sees frames presence, without an id: who else is in a conversation. "
            + "A comment comes every 15 s. A client that does not read for 10 s is closed and resumes.")
        .Needs(Scopes.Read)
        .Refuses(StatusCodes.Status410Gone, "events_expired")
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
        .Produces<string>(StatusCodes.Status200OK, "text/event-stream");

    private static async Task<IResult> StreamAsync(
        HttpContext context,
        Caller caller,
        LiveTail tail,
        LiveSessions sessions,
        LiveRing ring,
        EventPages pages,
        ICallerSource callers,
        TimeProvider clock,
        SequenceCursor? after,
        string? types,
        [FromQuery(Name = "account_id")] AccountId? accountId,
        [FromHeader(Name = LastEventId)] string? lastEventId)
    {
        // A browser that has no place yet sends the header empty, or not at all.
        if (!string.IsNullOrEmpty(lastEventId))
        {
            if (!SequenceCursor.TryParse(lastEventId, out var place))
                return Problems.BadCursor(LastEventId, "Give the sequence of an event: a whole number.");
            after = place;
        }

        var resumeAfter = after?.Sequence;
        if (await pages.NarrowAsync(caller, accountId, context.RequestAborted) is not { } accounts) return Problems.NotFound("account");
        if (!TypeFilter.TryRead(types, PresenceFrame.EventType, out var wanted, out var unknown)) return TypeFilter.Unknown(unknown!);
        if (resumeAfter is { } begin && await pages.ExpiredAsync(context.RequestAborted) is var expired && begin < expired)
            return EventPages.Gone(expired);
        var credential = Credential.Of(context.Request)!;
        var viewer = caller.Kind == CallerKind.User ? caller.UserId : null;

        // A sequence from the future (the log was restored from a backup) would wait for ever, and hide what comes until then.
        var head = await pages.HeadAsync(context.RequestAborted);
        using var session = new LiveSession(
            context.Response.BodyWriter, Math.Min(resumeAfter ?? head, head), new LiveFilter(accounts, wanted, viewer), ReloadAsync, clock);
        await using var gone = context.RequestAborted.Register(session.End);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        tail.Attach(session);
        try
        {
            await session.RunAsync(sessions, ring, pages);
        }
        finally
        {
            tail.Detach(session);
        }

        // What lies unsent in its buffers will never be taken; without this the connection would stay open for it.
        if (session.IsCut) context.Abort();
        return Results.Empty;

        async ValueTask<LiveFilter?> ReloadAsync(CancellationToken cancellationToken) =>
            await callers.FindAsync(credential, cancellationToken) is { } now && VisibleAccounts.TryNarrow(now, accountId, out var visible)
                ? new LiveFilter(visible, wanted, viewer)
                : null;
    }
}
