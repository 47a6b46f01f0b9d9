using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Sender.Data;

/// <summary>
/// An attachment, or the picture of a contact, that is to be fetched. The row is removed once the download is over and reported.
/// </summary>
internal sealed class Download : IAccountRow
{
    public long Sequence { get; private set; }

    /// <summary>The attachment; null for the picture of a contact.</summary>
    public AttachmentId? AttachmentId { get; private init; }

    /// <summary>What it is of, in words for the log.</summary>
    public string Owner => AttachmentId?.Value ?? "a contact's picture";

    public AccountId AccountId { get; private init; }

    /// <summary>Where it lies; empty once it was taken back, and then nothing is fetched any more.</summary>
    public string Url { get; private init; } = "";

    public bool IsTakenBack => Url.Length == 0;

    /// <summary>What it was said to be.</summary>
    public string MediaType { get; private init; } = "";

    /// <summary>The name under which it is kept, and by which a command that comes again is known.</summary>
    public MediaFile File { get; private init; }

    /// <summary>Claims so far, each for one attempt.</summary>
    public int Attempts { get; private set; }

    /// <summary>
    /// The earliest time for the next claim (UTC). While it is claimed, the time at which the claim's process must be dead: so a claim that
    /// nobody holds any more needs no rescue.
    /// </summary>
    public DateTimeOffset DueAt { get; private set; }

    public bool Claimed { get; private set; }

    public string? TraceParent { get; private init; }

    public static Download Of(BusItem<FetchMedia> item, DateTimeOffset now) => new()
    {
        AttachmentId = item.Body.AttachmentId,
        AccountId = item.Body.AccountId,
        Url = item.Body.Url,
        MediaType = item.Body.MediaType,
        File = item.Body.File,
        DueAt = now,
        TraceParent = item.TraceParent,
    };

    /// <summary>Remembers, until it is due, that a download was taken back before it was asked for.</summary>
    public static Download TakenBack(BusItem<CancelFetch> item, DateTimeOffset dueAt) => new()
    {
        AttachmentId = item.Body.AttachmentId,
        AccountId = item.Body.AccountId,
        File = item.Body.File,
        DueAt = dueAt,
        TraceParent = item.TraceParent,
    };

    public void Claim(DateTimeOffset until) => (Attempts, Claimed, DueAt) = (Attempts + 1, true, until);

    /// <summary>Ends the claim without an end of the download.</summary>
    /// <param name="dueAt">The next attempt.</param>
    /// <param name="counts">Whether the attempt says something of the attachment; ours were at fault otherwise.</param>
    public void PutOff(DateTimeOffset dueAt, bool counts) => (Attempts, Claimed, DueAt) = (counts ? Attempts : Attempts - 1, false, dueAt);

    private sealed class Table : IEntityTypeConfiguration<Download>
    {
        public void Configure(EntityTypeBuilder<Download> entity)
        {
            entity.ToTable("downloads");
            entity.HasKey(row => row.Sequence);
            entity.Property(row => row.Sequence).ValueGeneratedOnAdd();
            entity.Property(row => row.MediaType).HasMaxLength(20);
            entity.Property(row => row.TraceParent).HasMaxLength(100);
            // Of two processes that find the same row due, the slower one finds these changed and looks again.
            entity.Property(row => row.Attempts).IsConcurrencyToken();
            entity.Property(row => row.DueAt).IsConcurrencyToken();
            entity.HasIndex(row => row.File).IsUnique();
            entity.HasIndex(row => new { row.DueAt, row.AccountId });
            entity.HasIndex(row => new { row.AccountId, row.DueAt, row.Sequence });
        }
    }
}
