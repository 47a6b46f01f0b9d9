using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Audit;

/// <summary>An administrative action, of whichever service, as it is kept. Nothing changes it; it goes when it is old.</summary>
internal sealed class AuditEntry
{
    /// <summary><c>aud_…</c>, ordered by time to the millisecond.</summary>
    public required string Id { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string ActorType { get; init; }

    public required string ActorId { get; init; }

    public required string UserId { get; init; }

    public string? ActorName { get; init; }

    public required string Action { get; init; }

    public string? Target { get; init; }

    public AccountId? AccountId { get; init; }

    public string? Address { get; init; }

    public string? RequestId { get; init; }

    /// <summary>A JSON object.</summary>
    public required string Changes { get; init; }

    public static AuditEntry Of(ActionTaken taken) => new()
    {
        Id = taken.Id,
        At = taken.At,
        ActorType = taken.ActorType,
        ActorId = taken.ActorId,
        UserId = taken.UserId,
        ActorName = taken.ActorName,
        Action = taken.Action,
        Target = taken.Target,
        AccountId = taken.AccountId,
        Address = taken.Address,
        RequestId = taken.RequestId,
        Changes = taken.Changes,
    };

    private sealed class Table : IEntityTypeConfiguration<AuditEntry>
    {
        public void Configure(EntityTypeBuilder<AuditEntry> entity)
        {
            entity.ToTable("audit_entries");
            entity.HasKey(row => row.Id);
            entity.Property(row => row.Id).HasMaxLength(40);
            entity.Property(row => row.ActorType).HasMaxLength(10);
            entity.Property(row => row.ActorId).HasMaxLength(40);
            entity.Property(row => row.UserId).HasMaxLength(40);
            entity.Property(row => row.ActorName).HasMaxLength(100);
            entity.Property(row => row.Action).HasMaxLength(60);
            entity.Property(row => row.Target).HasMaxLength(100);
            entity.Property(row => row.Address).HasMaxLength(45);
            entity.Property(row => row.RequestId).HasMaxLength(64);
            entity.HasIndex(row => row.At);
            // Each filter with the order of the list, so that a page is read and no more.
            entity.HasIndex(row => new { row.Action, row.Id });
            entity.HasIndex(row => new { row.ActorId, row.Id });
            entity.HasIndex(row => new { row.UserId, row.Id });
            entity.HasIndex(row => new { row.AccountId, row.Id });
            entity.HasIndex(row => new { row.Target, row.Id });
        }
    }
}
