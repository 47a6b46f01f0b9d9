using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Outbound;

/// <summary>A request that waits for its time; removed in the transaction that sends it.</summary>
internal sealed class ScheduledSend
{
    public long Id { get; private set; }

    public required AccountId AccountId { get; init; }

    public required ConversationId ConversationId { get; init; }

    /// <summary>The first of its messages; the others have the same time and stand behind it in the thread.</summary>
    public required MessageId FirstId { get; init; }

    public required MessageId LastId { get; init; }

    /// <summary>Who wrote it: the window is looked at again when it is due.</summary>
    public required Author Author { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    private sealed class Table : IEntityTypeConfiguration<ScheduledSend>
    {
        public void Configure(EntityTypeBuilder<ScheduledSend> entity)
        {
            entity.ToTable("scheduled_sends");
            entity.HasKey(row => row.Id);
            entity.Property(row => row.Id).ValueGeneratedOnAdd();
            entity.Property(row => row.Author).HasMaxLength(10);
            entity.HasIndex(row => row.DueAt);
            entity.HasIndex(row => new { row.AccountId, row.DueAt });
        }
    }
}
