using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.CrmForwarder.Data;

/// <summary>One line of the delivery log.</summary>
internal sealed class DeliveryAttempt
{
    /// <summary>Bytes of an answer that are kept, at most; as text they are no more characters.</summary>
    public const int MostAnswer = 1024;

    public required long DeliveryId { get; init; }

    /// <summary>1 for the first.</summary>
    public required int Number { get; init; }

    public required DateTimeOffset At { get; init; }

    public int? Status { get; init; }

    public string? Error { get; init; }

    public required int DurationMs { get; init; }

    /// <summary>The beginning of what the CRM answered; null when it answered nothing that is text.</summary>
    public string? Answer { get; init; }

    /// <summary>When the next attempt was due after this one (UTC); null when there was none.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Adds attempts. One whose number is there already was written before, by a unit whose answer was lost.</summary>
    public static Task InsertAsync(DbContext db, IReadOnlyCollection<DeliveryAttempt> attempts) =>
        BulkInsert.EntitiesAsync(db, attempts, ifAbsent: true);

    private sealed class Table : IEntityTypeConfiguration<DeliveryAttempt>
    {
        public void Configure(EntityTypeBuilder<DeliveryAttempt> entity)
        {
            entity.ToTable("delivery_attempts");
            entity.HasKey(row => new { row.DeliveryId, row.Number });
            entity.Property(row => row.Error).HasMaxLength(100);
            entity.Property(row => row.Answer).HasMaxLength(MostAnswer);
        }
    }
}
