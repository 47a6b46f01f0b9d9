using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Hosting.Bus;

/// <summary>What made a dead letter.</summary>
public enum DeadLetterCause
{
    /// <summary>The message itself: its handler fails with it.</summary>
    Item,

    /// <summary>The database refused the message while it took others; it is tried again until it succeeds.</summary>
    Database,
}

/// <summary>A message that its consumer could not handle, kept whole with the reason, until it is handled after all.</summary>
public sealed class DeadLetter
{
    /// <summary>Grows with each row.</summary>
    public long Id { get; private set; }

    /// <summary>The queue that it came from.</summary>
    public required string Queue { get; init; }

    /// <summary>The message type's name.</summary>
    public required string MessageType { get; init; }

    /// <summary>The id of the bus item.</summary>
    public required string ItemId { get; init; }

    /// <summary>The message as JSON.</summary>
    public required byte[] Body { get; init; }

    /// <summary>Its W3C trace context.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The type of the error and the place where it was thrown; never the content of a message.</summary>
    public required string Error { get; set; }

    /// <summary>When it was set aside (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What seems to be at fault.</summary>
    public DeadLetterCause Cause { get; set; }

    /// <summary>When it is replayed by itself (UTC); null when it waits for somebody to ask.</summary>
    public DateTimeOffset? ReplayAt { get; set; }

    /// <summary>How often it was replayed by itself.</summary>
    public int Replays { get; set; }

    internal void TryAgain(DeadLetterCause cause, DateTimeOffset at) => (Cause, ReplayAt) = (cause, at);

    /// <summary>
    /// Makes a dead letter of a message that failed outside of its consumer. It is listed and replayed like any other of its queue.
    /// </summary>
    /// <typeparam name="T">The message type of the queue.</typeparam>
    /// <param name="queue">The queue whose handler replays it.</param>
    /// <param name="item">The message; its id is unique in the queue.</param>
    /// <param name="error">Why it failed.</param>
    /// <param name="clock">Gives the time at which it is set aside.</param>
    /// <returns>A new row.</returns>
    public static DeadLetter Of<T>(string queue, BusItem<T> item, Exception error, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(error);
        ArgumentNullException.ThrowIfNull(clock);
        return Of(
            queue,
            typeof(T).Name,
            item.Id,
            JsonSerializer.SerializeToUtf8Bytes(item.Body, BusJson.Options),
            item.TraceParent,
            Reason(error),
            clock);
    }

    /// <summary>Makes a dead letter that is set aside now.</summary>
    /// <param name="queue">The queue or relay source that it came from.</param>
    /// <param name="messageType">The message type's name.</param>
    /// <param name="itemId">The id of the bus item; unique in its queue.</param>
    /// <param name="body">The message as JSON.</param>
    /// <param name="traceParent">Its W3C trace context.</param>
    /// <param name="error">Why it failed, without any content.</param>
    /// <param name="clock">Tells the time.</param>
    /// <returns>The row, not saved yet.</returns>
    public static DeadLetter Of(
        string queue, string messageType, string itemId, byte[] body, string? traceParent, string error, TimeProvider clock) => new()
        {
            Queue = queue,
            MessageType = messageType,
            ItemId = itemId,
            Body = body,
            TraceParent = traceParent,
            Error = error,
            CreatedAt = clock.GetUtcNow(),
        };

    /// <summary>Says what went wrong without an exception's message, which may quote a customer.</summary>
    internal static string Reason(Exception error)
    {
        var root = error.GetBaseException();
        var place = root.StackTrace?.Split('\n', 2)[0].Trim();
        var reason = $"{root.GetType().FullName} {place}";
        return reason.Length <= 1000 ? reason : reason[..1000];
    }

    private sealed class Table : IEntityTypeConfiguration<DeadLetter>
    {
        public void Configure(EntityTypeBuilder<DeadLetter> entity)
        {
            entity.ToTable("dead_letters");
            entity.HasKey(row => row.Id);
            entity.Property(row => row.Id).ValueGeneratedOnAdd();
            entity.Property(row => row.Queue).HasMaxLength(100);
            entity.Property(row => row.MessageType).HasMaxLength(100);
            entity.Property(row => row.ItemId).HasMaxLength(200);
            entity.Property(row => row.TraceParent).HasMaxLength(100);
            entity.Property(row => row.Error).HasMaxLength(1000);
            entity.HasIndex(row => row.ReplayAt);
            // A bundle that comes again sets nothing aside twice.
            entity.HasIndex(row => new { row.Queue, row.ItemId }).IsUnique();
        }
    }
}
