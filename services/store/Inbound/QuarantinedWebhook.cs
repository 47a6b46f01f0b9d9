using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Inbound;

/// <summary>Part of a webhook that no linked account claims, kept as it came until one does.</summary>
internal sealed class QuarantinedWebhook
{
    public long Id { get; private set; }

    /// <summary>The id that Meta addressed it to; empty when it named none.</summary>
    public required string ChannelId { get; init; }

    /// <summary>A second id that names the account as well: the business side of the message.</summary>
    public string? BusinessId { get; init; }

    /// <summary>A third one: the sender, who may be the business although Meta does not say so.</summary>
    public string? UnsaidBusinessId { get; init; }

    /// <summary>
    /// The account that had the id when the webhook came, although it was not linked then: what is told to one tenant is never given to the
    /// next. Null for an id that nobody had, which goes to the first account that claims it.
    /// </summary>
    public AccountId? ReservedFor { get; init; }

    /// <summary><c>unknown_account</c> or <c>unreadable</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>A webhook body of this one part; the whole body when it is unreadable.</summary>
    public required byte[] Body { get; init; }

    /// <summary>Recognises Meta's retries and a re-publish of ours.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The message that it is, edits or takes back, so that what was taken back is not kept; null for all else.</summary>
    public InstagramMessageId? InstagramMessageId { get; init; }

    /// <summary>Whether it takes that message back.</summary>
    public bool IsUnsend { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public string? TraceParent { get; init; }

    private sealed class Table : IEntityTypeConfiguration<QuarantinedWebhook>
    {
        public void Configure(EntityTypeBuilder<QuarantinedWebhook> entity)
        {
            entity.ToTable("quarantined_webhooks");
            entity.HasKey(row => row.Id);
            entity.Property(row => row.Id).ValueGeneratedOnAdd();
            entity.Property(row => row.ChannelId).HasMaxLength(40);
            entity.Property(row => row.BusinessId).HasMaxLength(40);
            entity.Property(row => row.UnsaidBusinessId).HasMaxLength(40);
            entity.Property(row => row.Reason).HasMaxLength(40);
            entity.Property(row => row.Fingerprint).HasMaxLength(64);
            entity.Property(row => row.TraceParent).HasMaxLength(100);
            entity.HasIndex(row => row.Fingerprint).IsUnique();
            entity.HasIndex(row => row.InstagramMessageId);
            entity.HasIndex(row => row.ChannelId);
            entity.HasIndex(row => row.BusinessId);
            entity.HasIndex(row => row.UnsaidBusinessId);
        }
    }
}
