using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Data;

internal sealed class AccountTable : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> entity)
    {
        entity.ToTable("accounts");
        entity.HasKey(account => account.Id);
        entity.Property(account => account.Username).HasMaxLength(100);
        entity.Property(account => account.AppScopedId).HasMaxLength(20);
        entity.Property(account => account.LoginUserId).HasMaxLength(40);
        entity.Property(account => account.PageId).HasMaxLength(20);
        entity.Property(account => account.AppId).HasMaxLength(40);
        entity.Property(account => account.Name).HasMaxLength(100);
        entity.Property(account => account.PictureUrl).HasMaxLength(2048);
        entity.Ignore(account => account.Ids);
        entity.Property(account => account.CrmWebhookUrl).HasMaxLength(2048);
        entity.Property(account => account.MediaMode).HasMaxLength(10);
        entity.HasRowVersion();
        entity.HasIndex(account => account.InstagramAccountId).IsUnique();
    }
}
