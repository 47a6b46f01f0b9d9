using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.CrmForwarder.Data;

/// <summary>An event that came before the news of its account, and waits for it.</summary>
internal sealed class WaitingEvent
{
    public required EventId EventId { get; init; }

    public required long Sequence { get; init; }

    public required string EventType { get; init; }

    public required AccountId AccountId { get; init; }

    /// <summary>Released once the account is known in this version or a newer one.</summary>
    public required long AccountVersion { get; init; }

    public ConversationId? ConversationId { get; init; }

    public required byte[] Body { get; set; }

    public string? TraceParent { get; init; }

    public static WaitingEvent Of(BusItem<InboxEvent> item) => new()
    {
        EventId = item.Body.Id,
        Sequence = item.Body.Sequence,
        EventType = item.Body.Type,
        AccountId = item.Body.AccountId,
        AccountVersion = item.Body.AccountVersion,
        ConversationId = item.Body.ConversationId,
        Body = item.Body.Body,
        TraceParent = item.TraceParent,
    };

    private sealed class Table : IEntityTypeConfiguration<WaitingEvent>
    {
        public void Configure(EntityTypeBuilder<WaitingEvent> entity)
        {
            entity.ToTable("waiting_events");
            entity.HasKey(row => row.EventId);
            entity.Property(row => row.EventType).HasMaxLength(100);
            entity.Property(row => row.TraceParent).HasMaxLength(100);
            entity.HasIndex(row => new { row.AccountId, row.Sequence });
        }
    }
}
