using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary><c>GET /api/v1/messages/{message_id}</c> and <c>…/status</c>: how a message stands.</summary>
internal static class ShowMessage
{
    public static void MapShowMessage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/{message_id}", GetAsync)
            .WithSummary("How a message stands. Of a text with an attachment each is asked for by its own id.")
            .Needs(Scopes.Read | Scopes.Send);
        routes.MapGet("/{message_id}/status", GetAsync).WithSummary("The same as the message itself.")
            .Needs(Scopes.Read | Scopes.Send);
    }

    private static async Task<Results<Ok<SendAnswer>, ProblemHttpResult>> GetAsync(
        MessageId message_id, Caller caller, IDbContextFactory<StoreDbContext> factory, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var answer = await MessageReading.AnswerAsync(db, [message_id], cancellationToken);
        if (answer is null || !caller.CanSee(answer.AccountId)) return Problems.NotFound("message");
        return TypedResults.Ok(answer);
    }
}
