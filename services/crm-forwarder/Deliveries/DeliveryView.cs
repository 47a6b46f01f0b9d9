using System.Linq.Expressions;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>A delivery as operators see it, with every attempt from first to last; never its body.</summary>
internal sealed record DeliveryView(
    long Id,
    string EndpointId,
    AccountId AccountId,
    EventId EventId,
    string EventType,
    long Sequence,
    DeliveryState State,
    int Attempts,
    int? LastStatus,
    string? LastError,
    DateTimeOffset CreatedAt,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? DeliveredAt,
    string? ReplayId,
    IReadOnlyList<AttemptView> Log)
{
    /// <summary>Leaves the body in the database.</summary>
    public static readonly Expression<Func<Delivery, DeliveryView>> Of = row => new DeliveryView(
        row.Id,
        row.EndpointId,
        row.AccountId,
        row.EventId,
        row.EventType,
        row.Sequence,
        row.State,
        row.Attempts,
        row.LastStatus,
        row.LastError,
        row.CreatedAt,
        row.State == DeliveryState.Pending || row.State == DeliveryState.Replaying ? row.DueAt : null,
        row.DeliveredAt,
        row.ReplayId,
        Array.Empty<AttemptView>());
}

/// <summary>One attempt.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="At">When it began (UTC).</param>
/// <param name="Status">The HTTP status; null when there was no answer.</param>
/// <param name="Error">A code; null when it succeeded.</param>
/// <param name="Message">The same as a sentence.</param>
/// <param name="DurationMs">Until the answer's headers or the failure, in milliseconds.</param>
/// <param name="Answer">The first 1 KiB of the answer, when it is text and was not erased.</param>
/// <param name="NextAttemptAt">When the next one was due after it (UTC); null when there was none.</param>
internal sealed record AttemptView(
    int Number,
    DateTimeOffset At,
    int? Status,
    string? Error,
    string? Message,
    int DurationMs,
    string? Answer,
    DateTimeOffset? NextAttemptAt)
{
    public static AttemptView Of(DeliveryAttempt row) => new(
        row.Number, row.At, row.Status, row.Error, ErrorWords.Of(row.Error, row.Status), row.DurationMs, row.Answer, row.NextAttemptAt);
}
