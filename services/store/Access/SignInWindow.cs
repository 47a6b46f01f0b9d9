using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Access;

/// <summary>How many attempts to sign in were counted for something since some time. All processes of the store share one window.</summary>
internal sealed class SignInWindow
{
    /// <summary>
    /// SHA-256 of what is counted, so that an invented name of any length and alphabet is one short key that every database tells from
    /// others.
    /// </summary>
    public required string Id { get; init; }

    public int Attempts { get; init; }

    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>
    /// Begins the window, or begins it anew when it is over; either way its row is locked until the unit ends. It is one statement, so that
    /// neither of two processes counts from a value that the other has changed meanwhile.
    /// </summary>
    public static Task TouchAsync(DbContext db, string id, DateTimeOffset now, TimeSpan length)
    {
        var (from, until) = (now.ToUnixTimeMilliseconds(), (now + length).ToUnixTimeMilliseconds());
        return db.Database.IsSqlite()
            ? db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO sign_in_windows (id, attempts, ends_at) VALUES ({id}, 0, {until}) ON CONFLICT (id) DO UPDATE SET
                attempts = CASE WHEN ends_at <= {from} THEN 0 ELSE attempts END,
                ends_at = CASE WHEN ends_at <= {from} THEN {until} ELSE ends_at END
                """)
            : db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO sign_in_windows (id, attempts, ends_at) VALUES ({id}, 0, {until}) ON DUPLICATE KEY UPDATE
                attempts = CASE WHEN ends_at <= {from} THEN 0 ELSE attempts END,
                ends_at = CASE WHEN ends_at <= {from} THEN {until} ELSE ends_at END
                """);
    }

    private sealed class Table : IEntityTypeConfiguration<SignInWindow>
    {
        public void Configure(EntityTypeBuilder<SignInWindow> entity)
        {
            entity.ToTable("sign_in_windows");
            entity.HasKey(row => row.Id);
            entity.Property(row => row.Id).HasMaxLength(64);
            entity.HasIndex(row => row.EndsAt);
        }
    }
}
