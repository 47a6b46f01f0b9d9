using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// A message that must be published, kept by the transaction that decided it. Its row goes once the bus has confirmed it.
/// </summary>
public sealed class OutboxMessage
{
    /// <summary>Grows with each row and is never used twice, also after the table was empty.</summary>
    public long Id { get; private set; }

    /// <summary>The message type's name, like <c>SendMessage</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The message as JSON.</summary>
    public required byte[] Body { get; init; }

    /// <summary>The W3C trace context of the work that wrote it.</summary>
    public string? TraceParent { get; init; }

    /// <summary>When it was written (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    internal static OutboxMessage Of<T>(T message, string? traceParent, TimeProvider clock)
        where T : class => new()
        {
            Type = typeof(T).Name,
            Body = JsonSerializer.SerializeToUtf8Bytes(message, BusJson.Options),
            TraceParent = traceParent,
            CreatedAt = clock.GetUtcNow(),
        };

    private sealed class Table : IEntityTypeConfiguration<OutboxMessage>
    {
        public void Configure(EntityTypeBuilder<OutboxMessage> entity)
        {
            entity.ToTable("outbox");
            entity.HasKey(row => row.Id);
            entity.Property(row => row.Id).ValueGeneratedOnAdd();
            entity.Property(row => row.Type).HasMaxLength(100);
            entity.Property(row => row.TraceParent).HasMaxLength(100);
        }
    }
}
