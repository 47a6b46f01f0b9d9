namespace InstaMessenger.Sender.Graph;

/// <summary>Says that Meta wants no more calls for a while, whatever the call was.</summary>
/// <param name="Reason">A stable snake_case code.</param>
/// <param name="HoldBack">Whose calls must wait.</param>
/// <param name="RegainAfter">How long, when Meta says so.</param>
internal sealed record CallLimit(string Reason, HoldBack HoldBack, TimeSpan? RegainAfter)
{
    /// <summary>Finds out whether an answer asks for a rest.</summary>
    /// <param name="verdict">What the call came to; null for one that has no verdict.</param>
    /// <param name="usage">What the answer's headers say; null for an answer without.</param>
    public static CallLimit? Of(Verdict? verdict, UsageHeaders? usage)
    {
        if (verdict is Verdict.Later { HoldBack: not HoldBack.Nothing } later) return new(later.Code, later.HoldBack, usage?.RegainAfter);
        return usage is { Percent: >= UsageHeaders.StopAt } ? new("usage_nearly_full", HoldBack.Account, usage.RegainAfter)
            : usage is { RegainAfter: { } rest } ? new("rest_requested", HoldBack.Account, rest)
            : null;
    }
}
