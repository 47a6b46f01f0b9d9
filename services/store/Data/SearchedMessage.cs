using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Data;

/// <summary>
/// Notes that a message of an account has a term: docs/decisions/0012-search.md. The table is one index and nothing else, so that in every
/// database a search walks along a part of it.
/// </summary>
internal sealed class SearchTerm
{
    /// <summary>Longer words are found by their beginning.</summary>
    public const int Longest = 24;

    /// <summary>Stands for the account, in eight bytes: with its id each row would be twice as large.</summary>
    public required long Scope { get; init; }

    public required string Term { get; init; }

    /// <summary>The message's own.</summary>
    public required long Sequence { get; init; }

    public static long ScopeOf(AccountId account) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(account.Value)));

    private sealed class Table : IEntityTypeConfiguration<SearchTerm>
    {
        public void Configure(EntityTypeBuilder<SearchTerm> entity)
        {
            entity.ToTable("search_terms");
            entity.HasKey(row => new { row.Scope, row.Term, row.Sequence });
            entity.Property(row => row.Term).HasMaxLength(Longest * 4);
        }
    }
}

/// <summary>
/// Which terms a message has in the index, so that they can be taken out of it when its text is another one, or goes, or the message goes.
/// </summary>
internal sealed class SearchedMessage
{
    /// <summary>The message's own.</summary>
    public required long Sequence { get; init; }

    /// <summary>A term a line.</summary>
    public required string Terms { get; set; }

    public string[] TermList => Terms.Split('\n');

    /// <summary>Takes a message that is removed out of the index, in the same transaction.</summary>
    public static async Task ForgetAsync(StoreDbContext db, AccountId account, long sequence)
    {
        if (await db.Set<SearchedMessage>().SingleOrDefaultAsync(row => row.Sequence == sequence) is not { } kept) return;
        var (scope, terms) = (SearchTerm.ScopeOf(account), kept.TermList);
        await db.Set<SearchTerm>().Where(row => row.Scope == scope && terms.Contains(row.Term) && row.Sequence == sequence)
            .ExecuteDeleteAsync();
        db.Remove(kept);
    }

    private sealed class Table : IEntityTypeConfiguration<SearchedMessage>
    {
        public void Configure(EntityTypeBuilder<SearchedMessage> entity)
        {
            entity.ToTable("searched_messages");
            entity.HasKey(row => row.Sequence);
            entity.Property(row => row.Sequence).ValueGeneratedNever();
            entity.Ignore(row => row.TermList);
        }
    }
}
