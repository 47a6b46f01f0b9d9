using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.CrmForwarder.Data;

/// <summary>
/// What was asked last for the CRM's mirror, in one row: one question is open at a time, whichever process asked it. How far the mirror is
/// stands in the mirror itself.
/// </summary>
internal sealed class MirrorAsk
{
    /// <summary>The id of the only row.</summary>
    public const int Only = 1;

    public required int Id { get; init; }

    /// <summary>The number of the newest question; an answer to an older one is dropped.</summary>
    public long Ask { get; private set; }

    /// <summary>Until when its answer is waited for (UTC); null when none is.</summary>
    public DateTimeOffset? AskedUntil { get; private set; }

    /// <summary>Events of the log that the mirror did not have after the newest answer.</summary>
    public long? Behind { get; private set; }

    /// <summary>When <see cref="Behind"/> was right (UTC).</summary>
    public DateTimeOffset? AppliedAt { get; private set; }

    /// <summary>When the mirror last had everything (UTC), or was connected; null while there is none.</summary>
    public DateTimeOffset? CompleteAt { get; private set; }

    public bool IsOpen(DateTimeOffset now) => AskedUntil > now;

    /// <summary>Begins a question and returns its number.</summary>
    public long Begin(DateTimeOffset now, TimeSpan patience)
    {
        (AskedUntil, CompleteAt) = (now + patience, CompleteAt ?? now);
        return ++Ask;
    }

    /// <summary>Waits for no answer any more.</summary>
    public void End() => AskedUntil = null;

    /// <summary>Notes that the answer was applied.</summary>
    /// <param name="behind">Events that the mirror does not have yet.</param>
    /// <param name="isComplete">Whether it has everything.</param>
    /// <param name="now">The time (UTC).</param>
    public void Applied(long behind, bool isComplete, DateTimeOffset now)
    {
        (AskedUntil, Behind, AppliedAt) = (null, behind, now);
        if (isComplete) CompleteAt = now;
    }

    private sealed class Table : IEntityTypeConfiguration<MirrorAsk>
    {
        public void Configure(EntityTypeBuilder<MirrorAsk> entity)
        {
            entity.ToTable("mirror_asks");
            entity.HasKey(row => row.Id);
            entity.Property(row => row.Id).ValueGeneratedNever();
            entity.HasData(new MirrorAsk { Id = Only });
        }
    }
}
