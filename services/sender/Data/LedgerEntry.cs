using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Sender.Data;

/// <summary>One message on its way to Meta. The row outlives the send, so that a repeated command is recognised.</summary>
internal sealed class LedgerEntry
{
    /// <summary>The order of sends to one contact; never used twice.</summary>
    public long Sequence { get; private set; }

    public MessageId MessageId { get; private init; }

    public AccountId AccountId { get; private init; }

    public long AccountVersion { get; private init; }

    public InstagramUserId RecipientId { get; private init; }

    /// <summary>Erased once the send is settled: the store keeps messages, the ledger only sends them.</summary>
    public OutgoingContent? Content { get; private set; }

    /// <summary>Whether it counts against the lower rate for audio and video.</summary>
    public bool Heavy { get; private init; }

    public bool HumanAgentTag { get; private init; }

    /// <summary>The part of the same request that must be sent before this one; null for the first.</summary>
    public MessageId? After { get; private init; }

    public DateTimeOffset ExpiresAt { get; private init; }

    public DateTimeOffset AcceptedAt { get; private init; }

    public LedgerState State { get; private set; }

    /// <summary>Claims so far, each for at most one call.</summary>
    public int Attempts { get; private set; }

    /// <summary>
    /// The earliest time for the next claim; for an unknown send, for the next look into its conversation. Null once settled, or left to
    /// people.
    /// </summary>
    public DateTimeOffset? DueAt { get; private set; }

    public string? ClaimedBy { get; private set; }

    /// <summary>After this time (UTC) the claim's process must be dead, because it makes no call that could end later.</summary>
    public DateTimeOffset? ClaimedUntil { get; private set; }

    /// <summary>When the claim's call began; null as long as it certainly has not.</summary>
    public DateTimeOffset? CalledAt { get; private set; }

    /// <summary>Looks into the conversation since it became unknown; begins again at 1 when one of them succeeds.</summary>
    public int Looks { get; private set; }

    /// <summary>When a look first found that Meta does not have it; null while none has.</summary>
    public DateTimeOffset? AbsentAt { get; private set; }

    /// <summary>Whether it was sent once more by itself, because Meta did not have it.</summary>
    public bool Resent { get; private set; }

    /// <summary>Whether Meta refused it in a way that we do not know: the refusal counts unless Meta turns out to have it.</summary>
    public bool InDoubt { get; private set; }

    /// <summary>Whether a refusal in doubt, once it counts, is temporary.</summary>
    public bool RetriesAfterDoubt { get; private set; }

    public InstagramMessageId? InstagramMessageId { get; private set; }

    public string? ErrorCode { get; private set; }

    public string? ErrorMessage { get; private set; }

    public DateTimeOffset? SettledAt { get; private set; }

    public string? TraceParent { get; private init; }

    public static LedgerEntry Of(BusItem<SendMessage> item, DateTimeOffset now)
    {
        var send = item.Body;
        return new LedgerEntry
        {
            MessageId = send.MessageId,
            AccountId = send.AccountId,
            AccountVersion = send.AccountVersion,
            RecipientId = send.RecipientId,
            Content = send.Whole,
            Heavy = send.Whole.IsHeavy,
            HumanAgentTag = send.HumanAgentTag,
            After = send.After,
            // A command of the old form: the customer's last message is older than the acceptance, so after this the window is closed.
            ExpiresAt = send.ExpiresAt ?? send.AcceptedAt + ResponseWindows.Everybody,
            AcceptedAt = send.AcceptedAt,
            State = LedgerState.Queued,
            DueAt = now,
            TraceParent = item.TraceParent,
        };
    }

    /// <summary>Makes the row of a send that was taken back before it came.</summary>
    public static LedgerEntry Of(CancelSend cancel, DateTimeOffset now) => new()
    {
        MessageId = cancel.MessageId,
        AccountId = cancel.AccountId,
        RecipientId = cancel.ContactId,
        ExpiresAt = now,
        AcceptedAt = cancel.At,
        State = LedgerState.Queued,
    };

    public void Claim(string by, DateTimeOffset until)
    {
        Must(State is LedgerState.Queued or LedgerState.Waiting);
        (State, Attempts, ClaimedBy, ClaimedUntil, CalledAt) = (LedgerState.Claimed, Attempts + 1, by, until, null);
    }

    /// <summary>Notes that the call begins: from here on Meta may have the message.</summary>
    public void BeginCall(DateTimeOffset at)
    {
        Must(State is LedgerState.Claimed && CalledAt is null);
        CalledAt = at;
    }

    /// <summary>Ends the claim, which made no call.</summary>
    public void Release()
    {
        Must(State is LedgerState.Claimed && CalledAt is null);
        (State, ClaimedBy, ClaimedUntil) = (ErrorCode is null ? LedgerState.Queued : LedgerState.Waiting, null, null);
    }

    /// <summary>
    /// Marks it as sent, from every state: when Meta says that it has the message, whatever was thought before was wrong.
    /// </summary>
    public void MarkSent(InstagramMessageId? id, DateTimeOffset at)
    {
        InstagramMessageId = id;
        Settle(LedgerState.Sent, null, at);
        Erase();
    }

    public void Reject(SendError error, DateTimeOffset at)
    {
        Must(State is not LedgerState.Sent);
        Settle(LedgerState.Rejected, error, at);
        Erase();
    }

    public void Wait(SendError error, DateTimeOffset dueAt)
    {
        Must(State is LedgerState.Claimed or LedgerState.Unknown);
        (State, DueAt, SettledAt, ClaimedBy, ClaimedUntil) = (LedgerState.Waiting, dueAt, null, null, null);
        (ErrorCode, ErrorMessage) = (error.Code, error.Message);
    }

    /// <summary>Gives it a later turn; no attempt was made.</summary>
    public void PutOff(DateTimeOffset until)
    {
        Must(State is LedgerState.Queued or LedgerState.Waiting);
        DueAt = until;
    }

    /// <summary>Marks it as unknown. Keeps the content, which is looked for and may be sent again.</summary>
    /// <param name="error">Why.</param>
    /// <param name="at">The time (UTC).</param>
    /// <param name="lookAt">When its conversation is read.</param>
    public void MarkUnknown(SendError error, DateTimeOffset at, DateTimeOffset lookAt)
    {
        Must(State is LedgerState.Claimed or LedgerState.Unknown);
        Settle(LedgerState.Unknown, error, at);
        (DueAt, Looks, AbsentAt, InDoubt) = (lookAt, 0, null, false);
    }

    /// <summary>
    /// Notes that Meta refused it in a way that we do not know: it is unknown until an echo comes, or until the refusal counts.
    /// </summary>
    public void Doubt(SendError error, DateTimeOffset at, DateTimeOffset lookAt, bool retries)
    {
        MarkUnknown(error, at, lookAt);
        (InDoubt, RetriesAfterDoubt) = (true, retries);
    }

    /// <summary>Notes a look that decided nothing.</summary>
    public void LookAgain(DateTimeOffset at)
    {
        Must(State is LedgerState.Unknown);
        (Looks, DueAt) = (Looks + 1, at);
    }

    /// <summary>Puts the next look off; nothing was looked at.</summary>
    public void PutOffLook(DateTimeOffset until)
    {
        Must(State is LedgerState.Unknown);
        DueAt = until;
    }

    /// <summary>Notes a look that found that Meta does not have it; a second one must find the same.</summary>
    public void NoteAbsent(DateTimeOffset now, DateTimeOffset lookAgainAt)
    {
        LookAgain(lookAgainAt);
        Looks = 1;
        AbsentAt ??= now;
    }

    /// <summary>Leaves it unknown, for a person to decide.</summary>
    public void LeaveToPeople(SendError error)
    {
        Must(State is LedgerState.Unknown);
        (Looks, DueAt) = (Looks + 1, null);
        (ErrorCode, ErrorMessage) = (error.Code, error.Message);
    }

    /// <summary>Sends it again: an operator takes the risk of a second delivery.</summary>
    public void SendAgain(DateTimeOffset at)
    {
        Must(State is LedgerState.Unknown);
        (State, DueAt, SettledAt) = (LedgerState.Queued, at, null);
    }

    /// <summary>Sends it again, once in its life: Meta does not have it.</summary>
    public void Resend(DateTimeOffset at)
    {
        SendAgain(at);
        Resent = true;
    }

    /// <summary>Says how it stands, for the store.</summary>
    public SendReported Report(SendOutcome outcome, SendError? error, DateTimeOffset at) =>
        new(MessageId, AccountId, Attempts, outcome, outcome == SendOutcome.Sent ? InstagramMessageId : null, error, at)
        {
            Reaction = Content as OutgoingReaction,
        };

    private void Settle(LedgerState state, SendError? error, DateTimeOffset at)
    {
        (State, DueAt, SettledAt, ClaimedBy, ClaimedUntil) = (state, null, at, null, null);
        (ErrorCode, ErrorMessage) = (error?.Code, error?.Message);
    }

    /// <summary>A reaction says nothing of its own, and its report names it.</summary>
    private void Erase() => Content = Content as OutgoingReaction;

    private void Must(bool allowed)
    {
        if (!allowed) throw new InvalidOperationException($"Send {MessageId} is {State}: this step is not allowed.");
    }

    private sealed class Table : IEntityTypeConfiguration<LedgerEntry>
    {
        public void Configure(EntityTypeBuilder<LedgerEntry> entity)
        {
            entity.ToTable("ledger");
            entity.HasKey(row => row.Sequence);
            entity.Property(row => row.Sequence).ValueGeneratedOnAdd();
            entity.Property(row => row.ClaimedBy).HasMaxLength(100);
            entity.Property(row => row.ErrorCode).HasMaxLength(100);
            entity.Property(row => row.ErrorMessage).HasMaxLength(1000);
            entity.Property(row => row.TraceParent).HasMaxLength(100);
            // Two replicas that read the same row as due: the slower one finds both changed and reads again. Attempts is in it because a
            // row can come back to the same state between its reading and its writing.
            entity.Property(row => row.State).HasMaxLength(10).IsConcurrencyToken();
            entity.Property(row => row.Attempts).IsConcurrencyToken();
            entity.HasIndex(row => row.MessageId).IsUnique();
            entity.HasIndex(row => new { row.State, row.DueAt });
            entity.HasIndex(row => new { row.State, row.ExpiresAt });
            entity.HasIndex(row => new { row.AccountId, row.RecipientId, row.State, row.Sequence });
        }
    }
}
