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
        row.CreatedAt, row.State == DeliveryState.Pending ? row.DueAt : null, row.DeliveredAt, Array.Empty<AttemptView>());
}

/// <summary>One attempt; without an error code when it succeeded.</summary>
internal sealed record AttemptView(int Number, DateTimeOffset At, int? Status, string? Error, int DurationMs);
