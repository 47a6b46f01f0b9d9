using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Accounts;

/// <summary>An answer of Meta's that came to another process than the one whose caller waits for it. Of use for seconds.</summary>
internal sealed class MetaAnswer
{
    public required string QuestionId { get; init; }

    /// <summary>The report, as JSON; tokens in it are encrypted.</summary>
    public required byte[] Body { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    private sealed class Table : IEntityTypeConfiguration<MetaAnswer>
    {
        public void Configure(EntityTypeBuilder<MetaAnswer> entity)
        {
            entity.ToTable("meta_answers");
            entity.HasKey(row => row.QuestionId);
            entity.Property(row => row.QuestionId).HasMaxLength(40);
            entity.HasIndex(row => row.ReceivedAt);
        }
    }
}
