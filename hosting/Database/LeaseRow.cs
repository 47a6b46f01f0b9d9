using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Hosting.Database;

/// <summary>Who runs a worker now. A row is made by the first process that wants the lease, and stays.</summary>
internal sealed class LeaseRow
{
    /// <summary>
    /// The database's clock as it is kept in a row, in ms since 1970, UTC: the clock of a session's own zone jumps twice a year.
    /// </summary>
    internal const string Clock = "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000";

    /// <summary>What is leased.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Who has it, or had it last: the number of a process, and a random part, since two machines may have the same numbers.
    /// </summary>
    public required string Owner { get; init; }

    /// <summary>
    /// Grows each time the lease is taken, so that the writes of an earlier holder can be told from those of the present one.
    /// </summary>
    public required long Token { get; init; }

    /// <summary>When the lease ends, by the clock of the database: the clocks of two processes may differ.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    private sealed class Table : IEntityTypeConfiguration<LeaseRow>
    {
        public void Configure(EntityTypeBuilder<LeaseRow> entity)
        {
            entity.ToTable("leases");
            entity.HasKey(row => row.Name);
            entity.Property(row => row.Name).HasMaxLength(100);
            entity.Property(row => row.Owner).HasMaxLength(40);
        }
    }
}
