using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Search;

/// <summary><c>GET /ui/search</c>: messages and contacts that have all the words of a question.</summary>
internal static class SearchEndpoint
{
    private const int LongestQuestion = 100;
    private const int MostMessages = 20;
    private const int MostContacts = 10;

    public static void AddSearch(this IServiceCollection services) => services.AddWorker<SearchIndexer>();

    public static void MapSearch(this IEndpointRouteBuilder routes)
    {
        Map(routes.MapGroup("/api/v1/search").WithTags("Conversations"));
        Map(routes.MapGroup("/ui/search").ExcludeFromDescription());
    }

    private static void Map(RouteGroupBuilder group) => group.AddEndpointFilter<EventHead>().MapGet("", SearchAsync)
        .WithSummary("The newest messages and the contacts that have all words of q; of the last word the beginning is enough.")
        .WithDescription("Who sees more than 32 accounts names one. A new message is found about a second after it came.")
        .Needs(Scopes.Read)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Ok<SearchAnswer>, ProblemHttpResult>> SearchAsync(
        Caller caller,
        IDbContextFactory<StoreDbContext> factory,
        TimeProvider clock,
        [FromQuery(Name = "account_id")] AccountId? accountId,
        string? q,
        CancellationToken cancellationToken)
    {
        if (!VisibleAccounts.TryNarrow(caller, accountId, out var reach)) return Problems.NotFound("account");
        if (q is { Length: > LongestQuestion }) return Problems.Invalid(("q", $"Must have at most {LongestQuestion} characters."));
        if (SearchQuestion.Of(q ?? "") is not { } question) return TypedResults.Ok(new SearchAnswer([], []));

        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var accounts = await VisibleAccounts.ListedAsync(db, reach, cancellationToken);
        if (accounts.IsAll || accounts.Listed.Count > VisibleAccounts.MostMerged)
            return Problems.Invalid(("account_id", $"Must name one account, because you see more than {VisibleAccounts.MostMerged}."));

        var (sequences, found) = (new List<long>(), new List<(ConversationId Id, DateTimeOffset At)>());
        foreach (var account in accounts.Listed)
        {
            sequences.AddRange(await MessageSearch.FindAsync(db, account, question, MostMessages, cancellationToken));
            found.AddRange(await ContactSearch.FindAsync(db, account, question, MostContacts, cancellationToken));
        }

        var ids = found.OrderByDescending(contact => contact.At).Select(contact => contact.Id).Take(MostContacts).ToList();
        var newest = sequences.OrderDescending().Take(MostMessages).ToList();
        var messages = await db.ReadableAsync(
            db.Messages.Include(message => message.Attachments).Where(message => newest.Contains(message.Sequence))
                .OrderByDescending(message => message.Sequence),
            cancellationToken);
        await Quotes.FillAsync(db, messages, cancellationToken);
        var threads = await ThreadsAsync(
            db, [.. ids.Concat(messages.Select(message => message.ConversationId)).Distinct()], clock, cancellationToken);
        return TypedResults.Ok(new SearchAnswer(
            [
                .. messages.Where(message => threads.ContainsKey(message.ConversationId) && message.Text is not null)
                    .Select(message => MessageHit.Of(message, threads[message.ConversationId], question)),
            ],
            [.. ids.Where(threads.ContainsKey).Select(id => threads[id])]));
    }

    private static async Task<Dictionary<ConversationId, ConversationView>> ThreadsAsync(
        StoreDbContext db, List<ConversationId> ids, TimeProvider clock, CancellationToken cancellationToken)
    {
        var rows = await db.ReadableAsync(
            db.Conversations.Where(row => ids.Contains(row.Id)).OrderBy(row => row.Id), cancellationToken);
        return (await ConversationView.ListAsync(db, [.. rows], clock.GetUtcNow(), cancellationToken)).ToDictionary(view => view.Id);
    }
}

/// <summary>What was found.</summary>
/// <param name="Messages">Newest first.</param>
/// <param name="Contacts">The threads of contacts whose name or username has the words.</param>
internal sealed record SearchAnswer(IReadOnlyList<MessageHit> Messages, IReadOnlyList<ConversationView> Contacts);

/// <summary>A message that was found.</summary>
/// <param name="Conversation">Its thread.</param>
/// <param name="Excerpt">
/// A part of its text around the first word that was found, in pieces: what was found, and what stands between.
/// </param>
internal sealed record MessageHit(MessageView Message, ConversationView Conversation, IReadOnlyList<ExcerptPart> Excerpt)
{
    public static MessageHit Of(Message message, ConversationView conversation, SearchQuestion question) =>
        new(MessageView.Of(message), conversation, ExcerptPart.Of(message.Text!, question.In(message.Text!)));
}
