using System.Reflection;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace InstaMessenger.Store.Events;

/// <summary><c>GET /api/v1/events</c>: the log for clients that poll.</summary>
internal static class PullFeed
{
    public static void MapPullFeed(this IEndpointRouteBuilder routes) => routes.MapGet("", GetAsync)
        .WithSummary("The events after a sequence, oldest first.")
        .WithDescription(
            "Ask with after=next_cursor (or cursor=next_cursor) while there is one. When next_cursor is null, ask again later with "
                + "after=last_sequence: nothing at or below it can still appear. Without after it begins with the oldest event that is "
                + "kept; 410 events_expired says that events behind after are not kept any more. types is a list with commas; a page of "
                + "rare types may be empty and have a next_cursor.")
        .Needs(Scopes.Read)
        .Refuses(StatusCodes.Status410Gone, "events_expired")
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<FeedResult, ProblemHttpResult>> GetAsync(
        Caller caller,
        EventPages pages,
        SequenceCursor? after,
        SequenceCursor? cursor,
        int? limit,
        string? types,
        [FromQuery(Name = "account_id")] AccountId? accountId,
        CancellationToken cancellationToken)
    {
        // Other lists call it cursor. A client that pages through all lists alike must not read the first page for ever.
        if (after is not null && cursor is not null) return Problems.Invalid(("cursor", "It is the same as after: give one of them."));
        if (!TypeFilter.TryRead(types, besides: null, out var wanted, out var unknown)) return TypeFilter.Unknown(unknown!);
        if (await pages.NarrowAsync(caller, accountId, cancellationToken) is not { } accounts) return Problems.NotFound("account");
        var size = PageLimit.Of(limit);
        // A position beyond the head (the log was restored from a backup) goes back to the head. Given back as it came, it would hide what
        // comes next.
        var (position, head) = ((after ?? cursor)?.Sequence, await pages.HeadAsync(cancellationToken));
        var part = (After: Math.Min(position ?? 0, head), UpTo: head);
        var (events, last) = await ReadAsync(pages, accounts, wanted, part, size, cancellationToken);
        if (position is { } begin && await pages.ExpiredAsync(cancellationToken) is var expired && begin < expired)
            return EventPages.Gone(expired);
        return new FeedResult([.. events.Where(row => caller.CanSee(row.AccountId))], last, More: last < head);
    }

    /// <summary>Reads a page, and says where the next one begins.</summary>
    private static async Task<(IReadOnlyList<EventRow> Events, long Last)> ReadAsync(
        EventPages pages,
        AccountReach accounts,
        IReadOnlySet<string>? types,
        (long After, long UpTo) part,
        int size,
        CancellationToken cancellationToken)
    {
        if (types is not null) return await pages.ReadAsync(accounts, types, part.After, part.UpTo, size, cancellationToken);
        var events = await pages.ReadAsync(accounts, part.After, part.UpTo, size + 1, cancellationToken);
        return events.Count > size ? ([.. events.Take(size)], events[size - 1].Sequence) : (events, part.UpTo);
    }

    /// <summary>What <see cref="FeedResult"/> writes.</summary>
    /// <param name="Data">The events of this page.</param>
    /// <param name="NextCursor">Give it as <c>?after=</c> for the next page; null on the last.</param>
    /// <param name="LastSequence">Ask later with this as <c>?after=</c>: nothing at or below it can still appear.</param>
    internal sealed record EventPage(IReadOnlyList<EventView> Data, string? NextCursor, long LastSequence);

    /// <summary>Writes the events as they were stored, so that every tap shows the same bytes.</summary>
    internal sealed record FeedResult(IReadOnlyList<EventRow> Events, long Last, bool More) : IResult, IEndpointMetadataProvider
    {
        public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
            builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(EventPage), ["application/json"]));

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.ContentType = "application/json; charset=utf-8";
            response.Headers.CacheControl = "no-store";
            await using (var writer = new Utf8JsonWriter(response.BodyWriter))
            {
                writer.WriteStartObject();
                writer.WriteStartArray("data");
                foreach (var row in Events) writer.WriteRawValue(row.Shown(), skipInputValidation: true);
                writer.WriteEndArray();
                if (More) writer.WriteString("next_cursor", Last.ToString());
                else writer.WriteNull("next_cursor");
                writer.WriteNumber("last_sequence", Last);
                writer.WriteEndObject();
            }

            await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
        }
    }
}
