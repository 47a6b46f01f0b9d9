using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.CrmForwarder.Data;

/// <summary>How far the forwarder knows an account's history.</summary>
internal sealed class LinkedAccount
{
    public required AccountId AccountId { get; init; }

    /// <summary>The newest version that came; an event written under a newer one waits.</summary>
    public long Version { get; init; }

    public bool Unlinked { get; init; }

    private sealed class Table : IEntityTypeConfiguration<LinkedAccount>
    {
        public void Configure(EntityTypeBuilder<LinkedAccount> entity)
        {
            entity.ToTable("accounts");
            entity.HasKey(row => row.AccountId);
        }
    }
}
