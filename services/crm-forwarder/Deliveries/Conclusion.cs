using InstaMessenger.CrmForwarder.Data;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>What follows from an attempt. Decided once, so that recording it again writes the same.</summary>
/// <param name="Result">What happened.</param>
/// <param name="State">How the delivery stands now.</param>
/// <param name="Due">When it is due next, while it is pending.</param>
internal sealed record Conclusion(AttemptResult Result, DeliveryState State, DateTimeOffset Due)
{
    /// <summary>Its place in the delivery log: the attempts that the row knew of when it was read, and this one.</summary>
    public int Number => Result.Delivery.Attempts + 1;

    /// <summary>When the delivery is tried again by itself; null when it is not.</summary>
    public DateTimeOffset? NextAttemptAt =>
        State is DeliveryState.Pending or DeliveryState.Replaying && Result.Verdict != Verdict.Gone ? Due : null;

    /// <param name="result">What happened.</param>
    /// <param name="now">The time from which a retry waits.</param>
    /// <param name="random">0 to 1; see <see cref="RetrySchedule.Wait"/>.</param>
    public static Conclusion Of(AttemptResult result, DateTimeOffset now, double random) => result.Verdict switch
    {
        Verdict.Delivered => new Conclusion(result, DeliveryState.Delivered, now),
        Verdict.Gone => new Conclusion(result, result.Delivery.Waits, now),
        Verdict.Refused => new Conclusion(result, DeliveryState.Dead, now),
        _ => RetrySchedule.Wait(result.Delivery.Failures + 1, result.RetryAfter, random) is { } wait
            ? new Conclusion(result, result.Delivery.Waits, now + wait)
            : new Conclusion(result, DeliveryState.Dead, now),
    };
}
