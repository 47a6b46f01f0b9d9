using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Data;

/// <summary>A counter on rows that are read and then changed, which the update checks.</summary>
internal static class RowVersion
{
    public const string Property = "RowVersion";

    public static void HasRowVersion<T>(this EntityTypeBuilder<T> entity)
        where T : class => entity.Property<int>(Property).IsConcurrencyToken();
}
