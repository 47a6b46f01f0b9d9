using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.CrmForwarder.Data;

/// <summary>One line of the delivery log.</summary>
internal sealed class DeliveryAttempt
{
    public required long DeliveryId { get; init; }

    /// <summary>1 for the first.</summary>
    public required int Number { get; init; }

    public required DateTimeOffset At { get; init; }

    public int? Status { get; init; }

    public string? Error { get; init; }

    public required int DurationMs { get; init; }

    public static Task InsertAsync(DbContext db, IEnumerable<DeliveryAttempt> attempts) => BulkInsert.IntoAsync(
        db,
        "delivery_attempts",
        ["delivery_id", "number", "at", "status", "error", "duration_ms"],
        attempts.Select(row => new object?[] { row.DeliveryId, row.Number, row.At.ToUnixTimeMilliseconds(), row.Status, row.Error, row.DurationMs }));

    public static void Configure(EntityTypeBuilder<DeliveryAttempt> entity)
    {
        entity.ToTable("delivery_attempts");
        entity.HasKey(row => new { row.DeliveryId, row.Number });
        entity.Property(row => row.Error).HasMaxLength(100);
    }
}
