using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Search;

/// <summary>Notes that the contact of a thread has a term in their name or username.</summary>
internal sealed class SearchedContact
{
    public required long Scope { get; init; }

    public required string Term { get; init; }

    public required ConversationId ConversationId { get; init; }

    private sealed class Table : IEntityTypeConfiguration<SearchedContact>
    {
        public void Configure(EntityTypeBuilder<SearchedContact> entity)
        {
            entity.ToTable("searched_contacts");
            entity.HasKey(row => new { row.Scope, row.Term, row.ConversationId });
            entity.Property(row => row.Term).HasMaxLength(SearchTerm.Longest * 4);
            entity.HasIndex(row => row.ConversationId);
        }
    }
}
