using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Data;

internal sealed class UploadTable : IEntityTypeConfiguration<Upload>
{
    public void Configure(EntityTypeBuilder<Upload> entity)
    {
        entity.ToTable("uploads");
        entity.HasKey(upload => upload.Sequence);
        entity.Property(upload => upload.Sequence).ValueGeneratedOnAdd();
        entity.Ignore(upload => upload.Url);
        entity.Property(upload => upload.MediaType).HasMaxLength(20);
        entity.Property(upload => upload.MimeType).HasMaxLength(100);
        entity.Property(upload => upload.Extension).HasMaxLength(10);
        entity.Property(upload => upload.Sha256).HasMaxLength(64);
        entity.HasIndex(upload => upload.Id).IsUnique();
        entity.HasIndex(upload => upload.File);
        entity.HasIndex(upload => upload.ExpiresAt);
        entity.HasIndex(upload => new { upload.AccountId, upload.ExpiresAt });
    }
}
