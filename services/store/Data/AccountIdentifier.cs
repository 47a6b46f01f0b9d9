using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Data;

/// <summary>The kind of an account's id; the smaller kind is the better match when one webhook matches two.</summary>
internal enum IdentifierKind
{
    /// <summary>The messaging channel id: <c>entry.id</c> of webhooks.</summary>
    Channel = 1,

    /// <summary>The professional account id.</summary>
    Instagram = 2,

    /// <summary>The account's id for one Meta app. An account that was connected by several apps has several.</summary>
    AppScoped = 3,

    /// <summary>The linked Facebook Page.</summary>
    Page = 4,
}

/// <summary>
/// An id by which webhooks may name an account. It stays the account's when that is unlinked or names another one: see
/// Accounts/ReservedIds.cs.
/// </summary>
internal sealed class AccountIdentifier
{
    /// <summary>1 to 20 digits.</summary>
    public required string ExternalId { get; init; }

    public required IdentifierKind Kind { get; init; }

    public required AccountId AccountId { get; init; }

    private sealed class Table : IEntityTypeConfiguration<AccountIdentifier>
    {
        public void Configure(EntityTypeBuilder<AccountIdentifier> entity)
        {
            entity.ToTable("account_identifiers");
            entity.HasKey(identifier => new { identifier.ExternalId, identifier.Kind });
            entity.Property(identifier => identifier.ExternalId).HasMaxLength(20);
            // The smaller number is the better match.
            entity.Property(identifier => identifier.Kind).HasConversion<int>();
            entity.HasIndex(identifier => identifier.AccountId);
        }
    }
}
