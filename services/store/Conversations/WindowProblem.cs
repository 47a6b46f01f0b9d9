using InstaMessenger.Hosting.Http;
using InstaMessenger.Store.Domain;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Store.Conversations;

/// <summary>The answer to what the response window forbids.</summary>
internal static class WindowProblem
{
    public static ProblemHttpResult Of(WindowRefusal refusal, string code = "window_closed") => Problems.Of(
        StatusCodes.Status409Conflict,
        code,
        $"{refusal.Reason} {refusal.NextStep}",
        ("rule", refusal.Rule),
        ("closed_at", refusal.ClosedAt),
        ("next_step", refusal.NextStep));
}
