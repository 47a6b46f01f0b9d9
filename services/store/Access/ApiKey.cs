using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Access;

/// <summary>A program's credential. It may do what its owner may, on the accounts that it was made for.</summary>
internal sealed class ApiKey
{
    /// <summary><c>key_…</c>.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The owner.</summary>
    public required string UserId { get; init; }

    /// <summary>What the key is looked up by; not secret.</summary>
    public required string Prefix { get; init; }

    /// <summary>SHA-256 of the key: 256 random bits need no slow hash.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>
    /// Whether it sees only the accounts of its <see cref="ApiKeyAccount"/> rows; otherwise it sees all of its owner's, also later ones.
    /// </summary>
    public required bool Scoped { get; init; }

    /// <summary>What it may be used for. Keys from before there were scopes have all of them.</summary>
    public required Scopes Scopes { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last used (UTC), to the hour: enough to show which keys nobody uses.</summary>
    public DateTimeOffset? LastUsedAt { get; private set; }

    /// <summary>When it was revoked (UTC). The row is kept, so that a configured key is not made again.</summary>
    public DateTimeOffset? RevokedAt { get; private set; }

    public static ApiKey Create(
        string name, string userId, string secret, bool scoped, Scopes scopes, DateTimeOffset? expiresAt, TimeProvider clock) => new()
    {
        Id = AccessId.New("key_", clock),
        Name = name,
        UserId = userId,
        Prefix = KeySecret.LookupOf(secret),
        Hash = KeySecret.HashOf(secret),
        Scoped = scoped,
        Scopes = scopes,
        ExpiresAt = expiresAt,
        CreatedAt = clock.GetUtcNow(),
    };

    private sealed class Table : IEntityTypeConfiguration<ApiKey>
    {
        public void Configure(EntityTypeBuilder<ApiKey> entity)
        {
            entity.ToTable("api_keys");
            entity.HasKey(key => key.Id);
            entity.Property(key => key.Id).HasMaxLength(40);
            entity.Property(key => key.Name).HasMaxLength(100);
            entity.Property(key => key.UserId).HasMaxLength(40);
            entity.Property(key => key.Prefix).HasMaxLength(KeySecret.LookupLength);
            entity.Property(key => key.Hash).HasMaxLength(32);
            // A number, because scopes are flags.
            entity.Property(key => key.Scopes).HasConversion<int>();
            entity.HasIndex(key => key.Prefix);
            entity.HasIndex(key => key.UserId);
        }
    }
}

/// <summary>An account in the scope of a key.</summary>
internal sealed class ApiKeyAccount
{
    public required string KeyId { get; init; }

    public required AccountId AccountId { get; init; }

    private sealed class Table : IEntityTypeConfiguration<ApiKeyAccount>
    {
        public void Configure(EntityTypeBuilder<ApiKeyAccount> entity)
        {
            entity.ToTable("api_key_accounts");
            entity.HasKey(row => new { row.KeyId, row.AccountId });
            entity.Property(row => row.KeyId).HasMaxLength(40);
        }
    }
}
