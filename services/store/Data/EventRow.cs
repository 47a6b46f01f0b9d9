using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Data;

/// <summary>One event of the log that every tap reads.</summary>
internal sealed class EventRow
{
    /// <summary>Gap-free and in commit order: SSE id, pull cursor, the CRM's ordering field.</summary>
    public required long Sequence { get; init; }

    public required EventId Id { get; init; }

    public required string Type { get; init; }

    public required AccountId AccountId { get; init; }

    public required long AccountVersion { get; init; }

    public ConversationId? ConversationId { get; init; }

    /// <summary>The message whose content the event shows, so that an unsend can erase it here; null for none.</summary>
    public MessageId? MessageId { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>The event as clients see it: UTF-8 JSON, made once, so that every tap and every retry shows the same.</summary>
    public required byte[] Body { get; set; }

    public string? TraceParent { get; init; }

    private sealed class Table : IEntityTypeConfiguration<EventRow>
    {
        public void Configure(EntityTypeBuilder<EventRow> entity)
        {
            entity.ToTable("events");
            entity.HasKey(row => row.Sequence);
            entity.Property(row => row.Sequence).ValueGeneratedNever();
            entity.Property(row => row.Type).HasMaxLength(40);
            entity.Property(row => row.TraceParent).HasMaxLength(100);
            entity.HasIndex(row => new { row.AccountId, row.Sequence });
            entity.HasIndex(row => row.MessageId);
        }
    }
}
