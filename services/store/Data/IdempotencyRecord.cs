using System.Text.Json;
using System.Text.Json.Nodes;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Data;

/// <summary>Remembers what a caller's key was used for, so that the same request again has no second effect.</summary>
internal sealed class IdempotencyRecord
{
    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>
    /// The time that a request has to store its answer, beyond its wait for Meta. After that its process is taken for dead.
    /// </summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public long Id { get; private set; }

    /// <summary>The user or key that the key belongs to: two callers may use the same key for different things.</summary>
    public required string CallerId { get; init; }

    public required IdempotencyKey Key { get; init; }

    public required string RequestHash { get; init; }

    /// <summary>The message that the answer is about: the last one of the request.</summary>
    public required MessageId MessageId { get; init; }

    /// <summary>The first message of the request, when it became several.</summary>
    public MessageId? AttachmentMessageId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Until this time (UTC) the first request may still be waiting for its answer.</summary>
    public required DateTimeOffset LeaseUntil { get; init; }

    public int? AnswerStatus { get; private set; }

    public byte[]? AnswerBody { get; private set; }

    public static DateTimeOffset Lease(DateTimeOffset now, TimeSpan wait) => now + wait + Grace;

    /// <summary>Keeps the first answer; a later one changes nothing, since a client may have seen the first.</summary>
    public StoredAnswer Answer(StoredAnswer answer)
    {
        if (AnswerBody is { } body) return new StoredAnswer(AnswerStatus!.Value, body);
        (AnswerStatus, AnswerBody) = (answer.Status, answer.Body);
        return answer;
    }

    /// <summary>
    /// Takes the address of what was attached out of the answers that are kept for sends which were taken back. An answer says nothing else
    /// of what was sent.
    /// </summary>
    public static async Task EraseAsync(StoreDbContext db, IEnumerable<Message> messages)
    {
        var sends = messages.Where(message => message.Origin is not (null or Origin.Instagram)).ToList();
        if (sends.Count == 0) return;
        var ids = sends.Select(send => send.Id).ToHashSet();
        // An answer is written together with its message, and is found by that time without an index of its own.
        var times = sends.Select(send => send.ReceivedAt).Distinct().ToList();
        foreach (var record in await db.Set<IdempotencyRecord>().Where(row => times.Contains(row.CreatedAt)).ToListAsync())
        {
            if (!ids.Contains(record.AttachmentMessageId ?? record.MessageId)) continue;
            if (record.AnswerBody is null || JsonNode.Parse(record.AnswerBody) is not JsonObject answer) continue;
            answer["attachment_url"] = null;
            record.AnswerBody = JsonSerializer.SerializeToUtf8Bytes(answer, ApiJson.Options);
        }
    }

    private sealed class Table : IEntityTypeConfiguration<IdempotencyRecord>
    {
        public void Configure(EntityTypeBuilder<IdempotencyRecord> entity)
        {
            entity.ToTable("idempotency_records");
            entity.HasKey(row => row.Id);
            entity.Property(row => row.Id).ValueGeneratedOnAdd();
            entity.Property(row => row.CallerId).HasMaxLength(100);
            entity.Property(row => row.RequestHash).HasMaxLength(64);
            entity.HasIndex(row => new { row.CallerId, row.Key }).IsUnique();
            entity.HasIndex(row => row.CreatedAt);
        }
    }
}

/// <summary>An answer as it went out.</summary>
internal sealed record StoredAnswer(int Status, byte[] Body);
