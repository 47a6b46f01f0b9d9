using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.CrmForwarder.Data;

/// <summary>One event on its way to one endpoint. Written by bulk inserts and set-based updates alone.</summary>
internal sealed class Delivery
{
    public long Id { get; private set; }

    public required string EndpointId { get; init; }

    /// <summary>The event's id, and the <c>webhook-id</c> of every attempt.</summary>
    public required EventId EventId { get; init; }

    public required long Sequence { get; init; }

    public required string EventType { get; init; }

    public required AccountId AccountId { get; init; }

    public ConversationId? ConversationId { get; init; }

    /// <summary>The event as posted; the same bytes at every attempt, as long as the message that it shows is not taken back.</summary>
    public required byte[] Body { get; init; }

    public string? TraceParent { get; init; }

    public required DeliveryState State { get; init; }

    /// <summary>How often it was posted, over its whole life.</summary>
    public int Attempts { get; init; }

    /// <summary>Failures since it was made or redelivered: its place in the <see cref="Deliveries.RetrySchedule"/>.</summary>
    public int Failures { get; init; }

    /// <summary>When the next attempt is due, or the last one was.</summary>
    public required DateTimeOffset DueAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>The HTTP status of the last attempt; null when there was no answer.</summary>
    public int? LastStatus { get; init; }

    /// <summary>A code like <c>timeout</c>; null when the last attempt succeeded.</summary>
    public string? LastError { get; init; }

    /// <summary>The last replay that it belonged to; null for none.</summary>
    public string? ReplayId { get; init; }

    /// <summary>Makes a new delivery, due at once.</summary>
    public static Delivery Of(WaitingEvent @event, string endpointId, DateTimeOffset now, string? replayId = null) => new()
    {
        EndpointId = endpointId,
        EventId = @event.EventId,
        Sequence = @event.Sequence,
        EventType = @event.EventType,
        AccountId = @event.AccountId,
        ConversationId = @event.ConversationId,
        Body = @event.Body,
        TraceParent = @event.TraceParent,
        State = replayId is null ? DeliveryState.Pending : DeliveryState.Replaying,
        ReplayId = replayId,
        DueAt = now,
        CreatedAt = now,
    };

    private sealed class Table : IEntityTypeConfiguration<Delivery>
    {
        public void Configure(EntityTypeBuilder<Delivery> entity)
        {
            entity.ToTable("deliveries");
            entity.HasKey(row => row.Id);
            entity.Property(row => row.Id).ValueGeneratedOnAdd();
            entity.Property(row => row.EndpointId).HasMaxLength(40);
            entity.Property(row => row.EventType).HasMaxLength(100);
            entity.Property(row => row.TraceParent).HasMaxLength(100);
            entity.Property(row => row.State).HasMaxLength(10);
            entity.Property(row => row.LastError).HasMaxLength(100);
            entity.Property(row => row.ReplayId).HasMaxLength(40);
            // Event first: a redelivered bundle is found with one probe per event, and the ids are ordered by time, so the index grows at
            // its end.
            entity.HasIndex(row => new { row.EventId, row.EndpointId }).IsUnique();
            // The worker's question (what is due at this endpoint?) and the list's (what is dead at it, newest first?).
            entity.HasIndex(row => new { row.EndpointId, row.State, row.DueAt });
        }
    }
}

/// <summary>How a delivery stands.</summary>
internal enum DeliveryState
{
    /// <summary>To be posted at its due time, once its endpoint is active.</summary>
    Pending,

    /// <summary>Like <see cref="Pending"/>, and behind everything that is: it is posted anew.</summary>
    Replaying,

    /// <summary>The CRM answered 2xx.</summary>
    Delivered,

    /// <summary>Given up; kept, listed, and posted again when somebody asks for it.</summary>
    Dead,
}
