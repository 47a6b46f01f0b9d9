using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Data;

internal sealed class ConversationTable : IEntityTypeConfiguration<Conversation>
{
    public void Configure(EntityTypeBuilder<Conversation> entity)
    {
        entity.ToTable("conversations");
        entity.HasKey(conversation => conversation.Id);
        entity.Ignore(conversation => conversation.Failed);
        entity.Ignore(conversation => conversation.AwaitsReply);
        entity.Property(conversation => conversation.ContactUsername).HasMaxLength(100);
        entity.Property(conversation => conversation.ContactName).HasMaxLength(200);
        entity.Property(conversation => conversation.Reads).HasConversion(reads => reads!.ToJson(), json => ReadReceipts.OfJson(json));
        entity.HasRowVersion();
        var attention = entity.Property<Attention>(AttentionColumn.Name).HasConversion<int>()
            .HasComputedColumnSql(AttentionColumn.Sql, stored: false).ValueGeneratedNever().Metadata;
        // EF neither writes it nor reads it back behind each write.
        attention.SetBeforeSaveBehavior(PropertySaveBehavior.Ignore);
        attention.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);

        // Looked up by contact alone, many at once; the account makes it unique.
        entity.HasIndex(conversation => new { conversation.ContactId, conversation.AccountId }).IsUnique();
        // For the list, of one account and of all. What it filters by is in the index too, so that skipping what was read costs no look at
        // rows.
        entity.HasIndex(
            conversation => new { conversation.AccountId, conversation.LastMessageAt, conversation.Id, conversation.UnreadCount });
        entity.HasIndex(
            conversation => new { conversation.LastMessageAt, conversation.Id, conversation.AccountId, conversation.UnreadCount });
        // For the queues: what wants something of an account, in the list's order. Most threads want nothing, and are not walked over.
        entity.HasIndex(
            AttentionColumn.Name, nameof(Conversation.AccountId), nameof(Conversation.LastMessageAt), nameof(Conversation.Id));
    }
}
