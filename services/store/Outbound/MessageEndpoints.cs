using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary><c>GET /api/v1/messages/{message_id}</c> and <c>…/status</c>: how a message stands.</summary>
internal static class MessageEndpoints
{
    public static void MapMessages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/{message_id}", GetAsync).WithSummary("How a message stands. Of a text with an attachment each is asked for by its own id.")
            .Produces<SendAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapGet("/{message_id}/status", GetAsync).WithSummary("The same as the message itself.")
            .Produces<SendAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> GetAsync(
        [Microsoft.AspNetCore.Mvc.FromRoute(Name = "message_id")] string messageId, Caller caller, IDbContextFactory<StoreDbContext> factory, CancellationToken cancellationToken)
    {
        if (!MessageId.TryParse(messageId, out var id)) return Problems.NotFound("message");
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var answer = await MessageReading.AnswerAsync(db, [id], cancellationToken);
        return answer is not null && caller.CanSee(answer.AccountId) ? TypedResults.Ok(answer) : Problems.NotFound("message");
    }
}
