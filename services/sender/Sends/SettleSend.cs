using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Sending;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Sends;

/// <summary>
/// <c>POST /api/v1/sends/{message_id}/settle</c>: what becomes of an unknown send whose echo never came. Only a person can decide it, after
/// a look into the conversation at Instagram.
/// </summary>
internal static class SettleSend
{
    private static readonly SendError GivenUp = new("given_up", "It was never known to be sent, and was given up.", true, null);

    public static void MapSettleSend(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/sends/{message_id}/settle", HandleAsync).Needs(Scopes.Manage)
            .Idempotent<SenderDbContext>().Audited(AuditActions.SendSettled).WithTags("Operations")
            .Refuses(StatusCodes.Status409Conflict, "not_unknown").ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithSummary("Decides an unknown send: failed, or resend at the risk of a second delivery.");

    private static async Task<Results<Ok<SendView>, ProblemHttpResult>> HandleAsync(
        MessageId message_id,
        Decision decision,
        Caller caller,
        AuditTrail audit,
        KeyedRequest keyed,
        IUnitOfWork<SenderDbContext> unitOfWork,
        SendSignal signal,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (decision.Outcome is not { } outcome) return Problems.Invalid(("outcome", "Must be failed or resend."));
        return await unitOfWork.ExecuteAsync<Results<Ok<SendView>, ProblemHttpResult>>(
            async scope =>
            {
                var row = await scope.Db.Ledger.SingleOrDefaultAsync(entry => entry.MessageId == message_id);
                if (row is null || !caller.CanSee(row.AccountId)) return Problems.NotFound("send");
                if (row.State != LedgerState.Unknown)
                    return Problems.Of(
                        StatusCodes.Status409Conflict, "not_unknown", "Only an unknown send can be settled by hand.", ("state", row.State));
                scope.Publish(Decide(row, outcome, clock.GetUtcNow()), row.TraceParent);
                scope.AfterCommit(signal.Wake);
                audit.Record(
                    scope, message_id.Value, row.AccountId, new AuditChanges().With("state", LedgerState.Unknown, outcome));
                return await keyed.KeepAsync(scope, TypedResults.Ok(SendView.Of(row)));
            },
            cancellationToken);
    }

    private static SendReported Decide(LedgerEntry row, Outcome outcome, DateTimeOffset now)
    {
        if (outcome == Outcome.Failed)
        {
            row.Reject(GivenUp, now);
            return row.Report(SendOutcome.Rejected, GivenUp, now);
        }

        row.SendAgain(now);
        var again = new SendError("resend_requested", "An operator has it sent again.", true, now);
        return row.Report(SendOutcome.Later, again, now);
    }

    /// <summary>What the operator decides.</summary>
    internal enum Outcome
    {
        /// <summary>It is given up.</summary>
        Failed,

        /// <summary>It is sent again.</summary>
        Resend,
    }

    /// <param name="Outcome">What becomes of the send; required.</param>
    internal sealed record Decision(Outcome? Outcome);
}
