using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Sender.Profiles;

/// <summary>A customer of whom Meta is to be asked who they are. There is one row for each, however often it is asked for.</summary>
internal sealed class ProfileLookup : IAccountRow
{
    /// <summary>Calls before it is given up until somebody asks again.</summary>
    private const int MostAttempts = 3;

    public required AccountId AccountId { get; init; }

    public required InstagramUserId ContactId { get; init; }

    /// <summary>Claims so far, each for at most one call. Only who made the last one records what came of it.</summary>
    public int Attempts { get; private set; }

    /// <summary>When the next claim may be made: while a call is under way, when its process counts as dead.</summary>
    public required DateTimeOffset DueAt { get; set; }

    public string? TraceParent { get; init; }

    public bool IsSpent => Attempts >= MostAttempts;

    public void Claim(DateTimeOffset until) => (Attempts, DueAt) = (Attempts + 1, until);

    /// <summary>Takes back a claim for which no call was made.</summary>
    public void GiveBack() => Attempts--;

    private sealed class Table : IEntityTypeConfiguration<ProfileLookup>
    {
        public void Configure(EntityTypeBuilder<ProfileLookup> entity)
        {
            entity.ToTable("profile_lookups");
            entity.HasKey(row => new { row.AccountId, row.ContactId });
            entity.Property(row => row.Attempts).IsConcurrencyToken();
            entity.Property(row => row.TraceParent).HasMaxLength(100);
            entity.HasIndex(row => new { row.AccountId, row.DueAt });
            entity.HasIndex(row => row.DueAt);
        }
    }
}
