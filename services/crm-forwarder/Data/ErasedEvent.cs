using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.CrmForwarder.Data;

/// <summary>
/// An event that showed a message which was taken back, should it come only now: a dead letter that is replayed, or a bundle that overtook
/// another.
/// </summary>
internal sealed class ErasedEvent
{
    /// <summary>Longer than anything that is kept of an event on its way here.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    public required EventId EventId { get; init; }

    /// <summary>The message. An event may show two: an answer, and what it quotes.</summary>
    public required MessageId MessageId { get; init; }

    /// <summary>The message as it is now, for <see cref="Contracts.Events.EventBody"/>.</summary>
    public required byte[] Message { get; init; }

    public required DateTimeOffset ErasedAt { get; init; }

    private sealed class Table : IEntityTypeConfiguration<ErasedEvent>
    {
        public void Configure(EntityTypeBuilder<ErasedEvent> entity)
        {
            entity.ToTable("erased_events");
            entity.HasKey(row => new { row.EventId, row.MessageId });
            entity.HasIndex(row => row.ErasedAt);
        }
    }
}
