using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Callbacks;

/// <summary>
/// Notes that Meta asked for somebody's data to be deleted. The row stays, so that the status page tells the truth whenever somebody looks.
/// </summary>
internal sealed class DeletionRequest
{
    /// <summary>Given to whoever asked: 128 random bits, as 32 hex digits.</summary>
    public required string Code { get; init; }

    /// <summary>Knows the same request again.</summary>
    public required string Hash { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Accounts of which something may have been kept.</summary>
    public required int Accounts { get; init; }

    public static DeletionRequest Of(SignedRequest request, int accounts, string code, DateTimeOffset now) =>
        new() { Code = code, Hash = request.Hash, ReceivedAt = now, Accounts = accounts };

    public static string NewCode() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private sealed class Table : IEntityTypeConfiguration<DeletionRequest>
    {
        public void Configure(EntityTypeBuilder<DeletionRequest> entity)
        {
            entity.ToTable("deletion_requests");
            entity.HasKey(row => row.Code);
            entity.Property(row => row.Code).HasMaxLength(40);
            entity.Property(row => row.Hash).HasMaxLength(64);
            entity.HasIndex(row => row.Hash).IsUnique();
        }
    }
}
