using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Data;

internal sealed class CommentTable : IEntityTypeConfiguration<Comment>
{
    public void Configure(EntityTypeBuilder<Comment> entity)
    {
        entity.ToTable("comments");
        entity.HasKey(comment => new { comment.CommentId, comment.AccountId });
        entity.Property(comment => comment.CommentId).HasMaxLength(20);
        entity.HasRowVersion();
        entity.HasIndex(comment => comment.CommentedAt);
    }
}
