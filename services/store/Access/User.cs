using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Access;

internal enum UserRole
{
    /// <summary>Sees the accounts that they are a member of.</summary>
    Agent,

    /// <summary>Sees every account, and manages users.</summary>
    Admin,
}

/// <summary>
/// A person who signs in. Deleting them ends their sessions and their API keys; deactivating them ends their sessions, and their keys are
/// good for nothing until they are activated again.
/// </summary>
internal sealed class User
{
    /// <summary><c>usr_…</c>.</summary>
    public required string Id { get; init; }

    public required string Username { get; set; }

    /// <summary>The username in lower case: unique, so that Ann and ann are one.</summary>
    public required string UsernameKey { get; set; }

    public required string PasswordHash { get; set; }

    public required UserRole Role { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when they may not sign in (UTC); null for somebody who may.</summary>
    public DateTimeOffset? DeactivatedAt { get; set; }

    public bool IsActive => DeactivatedAt is null;

    /// <summary>Gives them another name.</summary>
    public void Rename(string username) => (Username, UsernameKey) = (username, Usernames.KeyOf(username));

    public static User Create(string username, string passwordHash, UserRole role, TimeProvider clock) => new()
    {
        Id = AccessId.New("usr_", clock),
        Username = username,
        UsernameKey = Usernames.KeyOf(username),
        PasswordHash = passwordHash,
        Role = role,
        CreatedAt = clock.GetUtcNow(),
    };

    private sealed class Table : IEntityTypeConfiguration<User>
    {
        public void Configure(EntityTypeBuilder<User> entity)
        {
            entity.ToTable("users");
            entity.HasKey(user => user.Id);
            entity.Property(user => user.Id).HasMaxLength(40);
            entity.Property(user => user.Username).HasMaxLength(Usernames.Longest);
            entity.Property(user => user.UsernameKey).HasMaxLength(Usernames.Longest);
            entity.Property(user => user.PasswordHash).HasMaxLength(256);
            entity.Property(user => user.Role).HasMaxLength(10);
            entity.Ignore(user => user.IsActive);
            entity.HasRowVersion();
            entity.HasIndex(user => user.UsernameKey).IsUnique();
        }
    }
}

/// <summary>An agent's right to see an account.</summary>
internal sealed class Membership
{
    public required string UserId { get; init; }

    public required AccountId AccountId { get; init; }

    private sealed class Table : IEntityTypeConfiguration<Membership>
    {
        public void Configure(EntityTypeBuilder<Membership> entity)
        {
            entity.ToTable("memberships");
            entity.HasKey(membership => new { membership.UserId, membership.AccountId });
            entity.Property(membership => membership.UserId).HasMaxLength(40);
        }
    }
}
