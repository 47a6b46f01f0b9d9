using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.CrmForwarder.Data;

/// <summary>An account whose events an endpoint takes.</summary>
internal sealed class EndpointAccount
{
    public required AccountId AccountId { get; init; }

    public required string EndpointId { get; init; }

    private sealed class Table : IEntityTypeConfiguration<EndpointAccount>
    {
        public void Configure(EntityTypeBuilder<EndpointAccount> entity)
        {
            entity.ToTable("endpoint_accounts");
            // Account first: that is what the intake asks for.
            entity.HasKey(row => new { row.AccountId, row.EndpointId });
            entity.Property(row => row.EndpointId).HasMaxLength(40);
            entity.HasIndex(row => row.EndpointId);
        }
    }
}
