using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Sender.Graph;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Sender.Greetings;

/// <summary>
/// <c>/api/v1/accounts/{account_id}/ice-breakers</c>: questions that a customer can tap instead of writing the first message.
/// </summary>
internal static class IceBreakers
{
    private const string Part = "ice_breakers";
    private const int Most = 4;

    public static void MapIceBreakers(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/accounts/{account_id}/ice-breakers").WithTags("Accounts")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .Refuses(StatusCodes.Status503ServiceUnavailable, "rate_limited", "meta_unavailable");
        group.MapGet("", GetAsync).Needs(Scopes.Read).WithSummary("The ice breakers, as Instagram has them.");
        group.MapPut("", PutAsync).Needs(Scopes.Manage).Audited(AuditActions.IceBreakersReplaced)
            .WithSummary("Replaces the ice breakers: 1 to 4.");
        group.MapDelete("", DeleteAsync).Needs(Scopes.Manage).Audited(AuditActions.IceBreakersRemoved)
            .WithSummary("Removes the ice breakers.");
    }

    private static async Task<Results<Ok<IceBreakerList>, ProblemHttpResult>> GetAsync(
        AccountId account_id, Caller caller, MessengerProfile profile, CancellationToken cancellationToken)
    {
        var (items, problem) = await profile.ReadAsync(caller, account_id, Part, cancellationToken);
        if (problem is not null) return problem;
        return TypedResults.Ok(new IceBreakerList([.. items.Select(item => new IceBreaker(item.Question, item.Payload))]));
    }

    private static async Task<Results<Ok<IceBreakerList>, ProblemHttpResult>> PutAsync(
        AccountId account_id,
        IceBreakerList list,
        Caller caller,
        AuditTrail audit,
        MessengerProfile profile,
        CancellationToken cancellationToken)
    {
        var wrong = new List<(string, string)>();
        var items = list.IceBreakers ?? [];
        TapRules.Count("ice_breakers", items.Count, Most, wrong);
        for (var n = 0; n < items.Count; n++)
        {
            if (items[n] is { } item) Check(item, $"ice_breakers[{n}]", wrong);
            else wrong.Add(($"ice_breakers[{n}]", TapRules.NoObject));
        }

        if (wrong.Count > 0) return Problems.Invalid([.. wrong]);
        var part = new GraphProfile.Part([.. items.Select(item => new GraphProfile.Item(item!.Question, item.Payload))]);
        var changes = new AuditChanges().With(Part, null, items);
        var written = new GraphProfile(IceBreakers: [part]);
        if (await profile.WriteAsync(caller, account_id, written, audit, changes, cancellationToken) is { } problem) return problem;
        return TypedResults.Ok(list);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        AccountId account_id, Caller caller, AuditTrail audit, MessengerProfile profile, CancellationToken cancellationToken)
    {
        if (await profile.RemoveAsync(caller, account_id, Part, audit, cancellationToken) is { } problem) return problem;
        return TypedResults.NoContent();
    }

    private static void Check(IceBreaker item, string path, List<(string Field, string Error)> wrong)
    {
        TapRules.Text($"{path}.question", item.Question, TapRules.MostTitle, wrong);
        TapRules.Text($"{path}.payload", item.Payload, TapRules.MostPayload, wrong);
    }

    /// <param name="IceBreakers">1 to 4.</param>
    internal sealed record IceBreakerList(IReadOnlyList<IceBreaker?>? IceBreakers);

    /// <param name="Question">What the customer taps.</param>
    /// <param name="Payload">What the postback carries.</param>
    internal sealed record IceBreaker(string? Question, string? Payload);
}
