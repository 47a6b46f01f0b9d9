using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Inbound;

/// <summary>
/// Remembers an event that has no <c>mid</c> of its own, so that Meta's retries (up to 36 h) find it. Messages need none: their mid is
/// unique.
/// </summary>
internal sealed class SeenEvent
{
    public required AccountId AccountId { get; init; }

    /// <summary>SHA-256 of the event's raw JSON, as hex; or a key that the event has itself.</summary>
    public required string Fingerprint { get; init; }

    public required DateTimeOffset SeenAt { get; init; }

    private sealed class Table : IEntityTypeConfiguration<SeenEvent>
    {
        public void Configure(EntityTypeBuilder<SeenEvent> entity)
        {
            entity.ToTable("seen_events");
            entity.HasKey(row => new { row.Fingerprint, row.AccountId });
            entity.Property(row => row.Fingerprint).HasMaxLength(64);
            entity.HasIndex(row => row.SeenAt);
        }
    }
}
