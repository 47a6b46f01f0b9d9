using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Data;

/// <summary>How an import stands.</summary>
internal enum BackfillState
{
    Running,
    Done,
    Failed,
}

/// <summary>What is known of an account's messages at Meta: its last import, and its last sweep for gaps.</summary>
internal sealed class AccountHistory
{
    public required AccountId AccountId { get; init; }

    /// <summary>What was sent before this (UTC) is history; what came later and has no webhook is missing.</summary>
    public DateTimeOffset LinkedAt { get; set; }

    /// <summary>The number of the newest run, import or sweep.</summary>
    public long Run { get; set; }

    /// <summary>The import that counts; 0 for none.</summary>
    public long ImportRun { get; set; }

    /// <summary>Null while nothing was imported.</summary>
    public BackfillState? State { get; set; }

    /// <summary>Messages that the import has found at Meta.</summary>
    public int Found { get; set; }

    /// <summary>Those of them that were not here.</summary>
    public int Imported { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public string? Error { get; set; }

    /// <summary>When the import was last told (UTC).</summary>
    public DateTimeOffset? ToldAt { get; set; }

    /// <summary>When the next sweep begins (UTC).</summary>
    public DateTimeOffset SweepAt { get; set; }

    /// <summary>The sweep that counts; 0 for none.</summary>
    public long SweepRun { get; set; }

    /// <summary>Messages that the sweep under way has found.</summary>
    public int SweepFound { get; set; }

    /// <summary>Those of them that were missing.</summary>
    public int SweepMissing { get; set; }

    /// <summary>When the last sweep ended (UTC); null while none has.</summary>
    public DateTimeOffset? CheckedAt { get; set; }

    /// <summary>Messages of the day before, and were here.</summary>
    public int Known { get; set; }

    /// <summary>Messages of the day before that were missing, and are here since.</summary>
    public int Missing { get; set; }

    private sealed class Table : IEntityTypeConfiguration<AccountHistory>
    {
        public void Configure(EntityTypeBuilder<AccountHistory> entity)
        {
            entity.ToTable("account_histories");
            entity.HasKey(row => row.AccountId);
            entity.Property(row => row.Error).HasMaxLength(500);
            entity.HasRowVersion();
            entity.HasIndex(row => row.SweepAt);
        }
    }
}
