using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Sender.Data;

/// <summary>
/// An account, or one of its contacts, of whom nothing is kept: what there is of them is erased, and a send that was accepted before and
/// comes only now is not made.
/// </summary>
internal sealed class DataErasure : IJob
{
    /// <summary>Longer than anything is on its way here.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    public required string ErasureId { get; init; }

    public required AccountId AccountId { get; init; }

    /// <summary>Null for everything of the account, and once it is done.</summary>
    public InstagramUserId? ContactId { get; private set; }

    /// <summary>Knows the contact again; null for everything of the account.</summary>
    public string? ContactHash { get; private init; }

    public required DateTimeOffset AskedAt { get; init; }

    public int Round { get; private set; }

    /// <summary>Rows that were erased, and of this round or not reported yet.</summary>
    public int Rows { get; set; }

    /// <summary>The dead letter behind which the work goes on.</summary>
    public long Walked { get; set; }

    /// <summary>When the next part is done (UTC); null when all is.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    public bool IsOfAccount => ContactHash is null;

    public static DataErasure Of(EraseData command) => new()
    {
        ErasureId = command.ErasureId,
        AccountId = command.AccountId,
        ContactHash = command.ContactId is { } contact ? ErasedContactHash.Of(command.AccountId, contact) : null,
        AskedAt = command.AskedAt,
    };

    /// <summary>Begins a round; an older one that comes late changes nothing.</summary>
    public void Begin(EraseData command, DateTimeOffset now)
    {
        if (command.Round <= Round) return;
        // What a round erased that was overtaken before its report is told with the next one's.
        if (DueAt is null) Rows = 0;
        (Round, ContactId, Walked, DueAt) = (command.Round, command.ContactId, 0, now);
    }

    public void PutOff(DateTimeOffset until) => DueAt = until;

    /// <summary>Forgets whom it was about.</summary>
    public void End() => (ContactId, DueAt) = (null, null);

    /// <summary>Finds which of these sends must not be made any more.</summary>
    public static async Task<HashSet<MessageId>> AmongAsync(SenderDbContext db, IReadOnlyList<BusItem<SendMessage>> items)
    {
        var accounts = items.Select(item => item.Body.AccountId).Distinct().ToList();
        var erasures = await db.ReadableAsync(
            db.Set<DataErasure>().AsNoTracking().Where(row => accounts.Contains(row.AccountId)).OrderBy(row => row.ErasureId));
        return [.. items.Select(item => item.Body).Where(send => erasures.Any(row => row.Covers(send))).Select(send => send.MessageId)];
    }

    private bool Covers(SendMessage send) => AccountId == send.AccountId && send.AcceptedAt <= AskedAt
        && (IsOfAccount || ContactHash == ErasedContactHash.Of(send.AccountId, send.RecipientId));

    private sealed class Table : IEntityTypeConfiguration<DataErasure>
    {
        public void Configure(EntityTypeBuilder<DataErasure> entity)
        {
            entity.ToTable("erasures");
            entity.HasKey(row => row.ErasureId);
            entity.Ignore(row => row.IsOfAccount);
            entity.Property(row => row.ErasureId).HasMaxLength(40);
            entity.Property(row => row.ContactHash).HasMaxLength(64);
            entity.Property(row => row.Round).IsConcurrencyToken();
            entity.HasIndex(row => row.DueAt);
            entity.HasIndex(row => row.AccountId);
            entity.HasIndex(row => row.AskedAt);
        }
    }
}
