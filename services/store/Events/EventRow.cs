using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Events;

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

    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>The event as clients see it: UTF-8 JSON, made once, so that every tap and every retry shows the same.</summary>
    public required byte[] Body { get; init; }

    public string? TraceParent { get; init; }

    /// <summary>
    /// The body as a tap may write it. One that is no JSON of one line would make a page none and cut a stream's event in two; such an event is shown by
    /// its columns, so that clients go on behind it.
    /// </summary>
    public byte[] Shown => IsOneLineOfJson(Body)
        ? Body
        : JsonSerializer.SerializeToUtf8Bytes(new EventView(Id, Sequence, Type, AccountId, ConversationId, OccurredAt, Data: null), ApiJson.Options);

    /// <summary>Writes events at once: every message of every customer makes one, and EF's way cost more than the messages themselves.</summary>
    public static Task InsertAsync(DbContext db, IEnumerable<EventRow> rows) => BulkInsert.IntoAsync(
        db,
        "events",
        ["sequence", "id", "type", "account_id", "account_version", "conversation_id", "occurred_at", "body", "trace_parent"],
        rows.Select(row => (object?[])[row.Sequence, row.Id.Value, row.Type, row.AccountId.Value, row.AccountVersion, row.ConversationId?.Value, row.OccurredAt.ToUnixTimeMilliseconds(), row.Body, row.TraceParent]));

    private static bool IsOneLineOfJson(ReadOnlySpan<byte> body)
    {
        if (body.ContainsAny((byte)'\n', (byte)'\r')) return false;
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = ApiJson.Options.MaxDepth });
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

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
        }
    }
}
