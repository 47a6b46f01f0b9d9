using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Data;

/// <summary>
/// Notes by a hash that a contact was erased, so that what they wrote before is never taken in again, neither from a webhook that is
/// repeated nor out of what Meta still shows.
/// </summary>
internal sealed class ErasedContact
{
    public required AccountId AccountId { get; init; }

    /// <summary>SHA-256 of account and contact: 64 hexadecimal digits.</summary>
    public required string ContactHash { get; init; }

    /// <summary>What is not younger than this (UTC) stays erased.</summary>
    public required DateTimeOffset ErasedAt { get; set; }

    private sealed class Table : IEntityTypeConfiguration<ErasedContact>
    {
        public void Configure(EntityTypeBuilder<ErasedContact> entity)
        {
            entity.ToTable("erased_contacts");
            entity.HasKey(row => new { row.AccountId, row.ContactHash });
            entity.Property(row => row.ContactHash).HasMaxLength(64);
        }
    }
}
