using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.CrmForwarder.Data;

/// <summary>
/// An account, or one of its contacts, of whom nothing is kept: what there is of them is erased, and an event of before that comes only now
/// goes to no CRM.
/// </summary>
internal sealed class DataErasure : IJob
{
    /// <summary>Longer than anything is on its way here.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>What tells a CRM of the erasure is not erased.</summary>
    public const string Told = "contact.erased";

    public required string ErasureId { get; init; }

    public required AccountId AccountId { get; init; }

    public required bool IsOfAccount { get; init; }

    /// <summary>Null for everything of the account, and once it is done.</summary>
    public InstagramUserId? ContactId { get; private set; }

    /// <summary>The contact's thread; null when there was none.</summary>
    public ConversationId? ConversationId { get; private init; }

    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Events that belong to no thread, or to the whole account, are erased up to here.</summary>
    public long UpToSequence { get; private set; }

    public int Round { get; private set; }

    /// <summary>Rows that were erased, and of this round or not reported yet.</summary>
    public int Rows { get; set; }

    /// <summary>The delivery, then the dead letter, behind which the work goes on.</summary>
    public long Walked { get; set; }

    /// <summary>
    /// When all of this round was reported (UTC). A day later nothing is on its way any more, and the contact is forgotten.
    /// </summary>
    public DateTimeOffset? ReportedAt { get; set; }

    /// <summary>Whether all deliveries were looked at.</summary>
    public bool DeliveriesDone { get; set; }

    /// <summary>When the next part is done (UTC); null when all is.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    public static DataErasure Of(EraseData command) => new()
    {
        ErasureId = command.ErasureId,
        AccountId = command.AccountId,
        IsOfAccount = command.ContactId is null,
        ConversationId = command.ConversationId,
        AskedAt = command.AskedAt,
        UpToSequence = command.UpToSequence,
    };

    /// <summary>Begins a round; an older one that comes late changes nothing.</summary>
    public void Begin(EraseData command, DateTimeOffset now)
    {
        if (command.Round <= Round) return;
        // What a round erased that was overtaken before its report is told with the next one's.
        if (ReportedAt is not null) Rows = 0;
        (Round, ContactId, Walked, DueAt) = (command.Round, command.ContactId, 0, now);
        (DeliveriesDone, ReportedAt) = (false, null);
        // What belongs to no thread and is younger than the request may be somebody's who wrote again.
        if (IsOfAccount) UpToSequence = command.UpToSequence;
    }

    public void PutOff(DateTimeOffset until) => DueAt = until;

    /// <summary>Forgets whom it was about.</summary>
    public void End() => (ContactId, DueAt) = (null, null);

    /// <summary>Whether an event is erased without looking into it; null when its body tells.</summary>
    public bool? Covers(string type, AccountId account, ConversationId? conversation, long sequence) =>
        account != AccountId || type == Told ? false
        : IsOfAccount ? sequence <= UpToSequence
        : conversation is not null ? conversation == ConversationId
        : sequence > UpToSequence ? false
        : null;

    /// <summary>Whether an event of no thread names the contact.</summary>
    public bool Names(byte[] body) => ContactId is { } contact && LetterText.Holds(body, contact.Value);

    /// <summary>Reads the erasures of these accounts.</summary>
    public static async Task<IReadOnlyList<DataErasure>> OfAsync(CrmForwarderDbContext db, IReadOnlyCollection<AccountId> accounts) =>
        await db.ReadableAsync(
            db.Set<DataErasure>().AsNoTracking().Where(row => accounts.Contains(row.AccountId)).OrderBy(row => row.ErasureId));

    /// <summary>Whether an event must not go anywhere any more.</summary>
    public bool Covers(InboxEvent inboxEvent) =>
        Covers(inboxEvent.Type, inboxEvent.AccountId, inboxEvent.ConversationId, inboxEvent.Sequence) ?? Names(inboxEvent.Body);

    private sealed class Table : IEntityTypeConfiguration<DataErasure>
    {
        public void Configure(EntityTypeBuilder<DataErasure> entity)
        {
            entity.ToTable("erasures");
            entity.HasKey(row => row.ErasureId);
            entity.Property(row => row.ErasureId).HasMaxLength(40);
            entity.Property(row => row.Round).IsConcurrencyToken();
            entity.HasIndex(row => row.DueAt);
            entity.HasIndex(row => row.AccountId);
        }
    }
}
