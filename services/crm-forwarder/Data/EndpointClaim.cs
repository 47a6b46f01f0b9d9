using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.CrmForwarder.Data;

/// <summary>Which process posts to an endpoint, on a database that several share. It holds as long as the process has its row.</summary>
internal sealed class EndpointClaim
{
    public required string EndpointId { get; init; }

    /// <summary>The <see cref="ForwarderProcess"/> that posts to the endpoint.</summary>
    public required string Owner { get; init; }

    /// <summary>A process that takes in the endpoint's events and would rather post them itself.</summary>
    public string? WantedBy { get; init; }

    private sealed class Table : IEntityTypeConfiguration<EndpointClaim>
    {
        public void Configure(EntityTypeBuilder<EndpointClaim> entity)
        {
            entity.ToTable("endpoint_claims");
            entity.HasKey(row => row.EndpointId);
            entity.Property(row => row.EndpointId).HasMaxLength(40);
            entity.Property(row => row.Owner).HasMaxLength(100);
            entity.Property(row => row.WantedBy).HasMaxLength(100);
            entity.HasIndex(row => row.Owner);
        }
    }
}
