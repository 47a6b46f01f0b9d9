using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Data;

/// <summary>
/// A file of the media storage that one of its owners gave up. The row is removed once the file is gone, or another owner is found; it need
/// not be there at all.
/// </summary>
internal sealed class MediaPurge
{
    public long Sequence { get; private set; }

    public MediaFile File { get; private init; }

    public static MediaPurge Of(MediaFile file) => new() { File = file };

    private sealed class Table : IEntityTypeConfiguration<MediaPurge>
    {
        public void Configure(EntityTypeBuilder<MediaPurge> entity)
        {
            entity.ToTable("media_purges");
            entity.HasKey(row => row.Sequence);
            entity.Property(row => row.Sequence).ValueGeneratedOnAdd();
        }
    }
}
