using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Data;

/// <summary>
/// What happened to a message that is not known by its <c>mid</c>: it comes later, its send has not been answered yet, or it never comes.
/// </summary>
internal sealed class EarlyChange
{
    public required AccountId AccountId { get; init; }

    public required InstagramMessageId InstagramMessageId { get; init; }

    /// <summary>
    /// A text only of an edit that does not say whose message it edits: any other one makes the message. It goes when the message is taken
    /// back.
    /// </summary>
    public required MessageChanges Changes { get; set; }

    /// <summary>When the first of it came.</summary>
    public required DateTimeOffset KeptAt { get; init; }

    private sealed class Table : IEntityTypeConfiguration<EarlyChange>
    {
        public void Configure(EntityTypeBuilder<EarlyChange> entity)
        {
            entity.ToTable("early_changes");
            entity.HasKey(row => new { row.InstagramMessageId, row.AccountId });
            entity.Property(row => row.Changes).HasConversion(changes => changes.ToJson(), json => MessageChanges.OfJson(json));
            entity.HasRowVersion();
            entity.HasIndex(row => row.KeptAt);
        }
    }
}
