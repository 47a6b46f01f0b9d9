using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.CrmForwarder.Data;

/// <summary>
/// A crm-forwarder that lives, on a database that several share. A row that is gone never comes back: a process that was taken for dead and
/// wakes up is another one from then on.
/// </summary>
internal sealed class ForwarderProcess
{
    public required string Id { get; init; }

    /// <summary>After this time (UTC) the process is taken for dead, unless it has renewed.</summary>
    public required DateTimeOffset Until { get; init; }

    private sealed class Table : IEntityTypeConfiguration<ForwarderProcess>
    {
        public void Configure(EntityTypeBuilder<ForwarderProcess> entity)
        {
            entity.ToTable("processes");
            entity.HasKey(row => row.Id);
            entity.Property(row => row.Id).HasMaxLength(100);
        }
    }
}
