using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Data;

internal sealed class MessageTable : IEntityTypeConfiguration<Message>
{
    public void Configure(EntityTypeBuilder<Message> entity)
    {
        entity.ToTable("messages");
        entity.HasKey(message => message.Sequence);
        entity.Property(message => message.Sequence).ValueGeneratedOnAdd();
        entity.Ignore(message => message.Error);
        entity.Ignore(message => message.Quoted);
        entity.Ignore(message => message.Author);
        entity.Ignore(message => message.AwaitsMid);
        entity.Ignore(message => message.IsUnderWay);
        entity.Ignore(message => message.IsDeleted);
        entity.Ignore(message => message.IsHistory);
        entity.Ignore(message => message.EditedAt);
        entity.Ignore(message => message.DeletedAt);
        entity.Property(message => message.Details).HasConversion(details => details!.ToJson(), json => MessageDetails.OfJson(json));
        entity.Property(message => message.Changes).HasConversion(changes => changes!.ToJson(), json => MessageChanges.OfJson(json));
        entity.Property(message => message.Direction).HasMaxLength(10);
        entity.Property(message => message.Status).HasMaxLength(10);
        entity.Property(message => message.Origin).HasMaxLength(10);
        entity.Property(message => message.FoundBy).HasMaxLength(10);
        entity.Property(message => message.EchoKey).HasMaxLength(EchoKey.Longest);
        entity.Property(message => message.ErrorCode).HasMaxLength(100);
        entity.HasRowVersion();

        entity.HasAlternateKey(message => message.Id);
        // Looked up by mid alone, many at once; the account makes it unique.
        entity.HasIndex(message => new { message.InstagramMessageId, message.AccountId }).IsUnique();
        entity.HasIndex(message => new { message.ConversationId, message.SentAt, message.Sequence });
        // An echo looks for the sends of its thread that have no mid yet: a few, however long the thread is.
        entity.HasIndex(message => new { message.ConversationId, message.InstagramMessageId });
        // An unsend looks for the answers that show the message.
        entity.HasIndex(message => message.ReplyTo);
        entity.HasMany(message => message.Attachments).WithOne().HasForeignKey(attachment => attachment.MessageId)
            .HasPrincipalKey(message => message.Id);
        entity.Navigation(message => message.Attachments).HasField("_attachments");
    }
}

internal sealed class AttachmentTable : IEntityTypeConfiguration<Attachment>
{
    public void Configure(EntityTypeBuilder<Attachment> entity)
    {
        entity.ToTable("attachments");
        entity.HasKey(attachment => new { attachment.MessageId, attachment.Index });
        entity.Ignore(attachment => attachment.Id);
        entity.Property(attachment => attachment.MediaType).HasMaxLength(20);
        entity.Property(attachment => attachment.MimeType).HasMaxLength(100);
        entity.Property(attachment => attachment.Mode).HasMaxLength(10);
        entity.HasIndex(attachment => attachment.DueAt);
        entity.HasIndex(attachment => attachment.File);
    }
}
