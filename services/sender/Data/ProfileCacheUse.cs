using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Sender.Data;

/// <summary>How well the store's cache of profiles serves an account. What is older than a day counts half, and less each day.</summary>
internal sealed class ProfileCacheUse
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public AccountId AccountId { get; private init; }

    public long Hits { get; private set; }

    public long Misses { get; private set; }

    /// <summary>When the counts were last halved (UTC).</summary>
    public DateTimeOffset Since { get; private set; }

    /// <summary>The share of customers who wrote and whose profile was known, 0 to 1; null while nobody wrote.</summary>
    public double? HitRate => Hits + Misses == 0 ? null : Math.Round((double)Hits / (Hits + Misses), 3);

    public static ProfileCacheUse Begin(ProfileCacheUsed used) => new() { AccountId = used.AccountId, Since = used.At };

    public void Add(ProfileCacheUsed used)
    {
        if (used.At - Since >= Day) (Hits, Misses, Since) = (Hits / 2, Misses / 2, used.At);
        (Hits, Misses) = (Hits + used.Hits, Misses + used.Misses);
    }

    private sealed class Table : IEntityTypeConfiguration<ProfileCacheUse>
    {
        public void Configure(EntityTypeBuilder<ProfileCacheUse> entity)
        {
            entity.ToTable("profile_cache_uses");
            entity.HasKey(row => row.AccountId);
            entity.Ignore(row => row.HitRate);
        }
    }
}
