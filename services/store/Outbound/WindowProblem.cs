using InstaMessenger.Hosting.Http;
using InstaMessenger.Store.Domain;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Store.Outbound;

/// <summary>The answer to a send that the response window forbids.</summary>
internal static class WindowProblem
{
    public static ProblemHttpResult Of(WindowRefusal refusal) => Problems.Of(
        StatusCodes.Status409Conflict,
        "window_closed",
        $"{refusal.Reason} {refusal.NextStep}",
        ("rule", refusal.Rule),
        ("closed_at", refusal.ClosedAt),
        ("next_step", refusal.NextStep));
}
