using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Access;

/// <summary>
/// A sign-in. Its token is worth nothing without this row, so that signing out or deleting the user takes effect at once.
/// </summary>
internal sealed class Session
{
    /// <summary><c>ses_…</c>, the token's <c>jti</c>.</summary>
    public required string Id { get; init; }

    public required string UserId { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; private set; }

    private sealed class Table : IEntityTypeConfiguration<Session>
    {
        public void Configure(EntityTypeBuilder<Session> entity)
        {
            entity.ToTable("sessions");
            entity.HasKey(session => session.Id);
            entity.Property(session => session.Id).HasMaxLength(40);
            entity.Property(session => session.UserId).HasMaxLength(40);
            entity.HasIndex(session => session.UserId);
        }
    }
}
