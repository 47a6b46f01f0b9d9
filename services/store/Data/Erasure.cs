using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Data;

/// <summary>How far an erasure is.</summary>
internal enum ErasureStep
{
    /// <summary>Threads with their messages, files and index.</summary>
    Threads,

    /// <summary>What stands beside the threads: comments, quarantine, uploads.</summary>
    Rest,

    /// <summary>The event log.</summary>
    Events,

    /// <summary>Dead letters.</summary>
    Letters,

    /// <summary>The sender and the crm-forwarder are not ready yet.</summary>
    Others,

    /// <summary>All is erased. What a unit wrote that ran beside the request is looked for once more.</summary>
    LookAgain,

    /// <summary>The row is the report.</summary>
    Over,
}

/// <summary>
/// The erasure of a contact, or of everything of an account: the job, and in the end the report. It goes on from the row, whichever process
/// dies.
/// </summary>
internal sealed class Erasure : IJob
{
    /// <summary><c>era_…</c>.</summary>
    public required string Id { get; init; }

    public required AccountId AccountId { get; init; }

    /// <summary>Null for everything of the account, and once it is over.</summary>
    public InstagramUserId? ContactId { get; private set; }

    public required bool IsOfAccount { get; init; }

    /// <summary>The thread of the contact.</summary>
    public ConversationId? ConversationId { get; init; }

    /// <summary>Meta's request that it answers; null when a client asked.</summary>
    public string? RequestCode { get; init; }

    /// <summary>What is younger (UTC) stays.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>The last event when it was asked for.</summary>
    public required long AskedAtSequence { get; init; }

    /// <summary>The last event when the threads were gone.</summary>
    public long UpToSequence { get; private set; }

    public ErasureStep Step { get; private set; }

    /// <summary>The row behind which the step goes on; of threads the time of the newest message, in ms since 1970 (UTC).</summary>
    public long Walked { get; private set; }

    public string Counted { get; private set; } = "{}";

    public DateTimeOffset? SenderDoneAt { get; private set; }

    public DateTimeOffset? CrmDoneAt { get; private set; }

    /// <summary>When everything was gone (UTC); null while it is not.</summary>
    public DateTimeOffset? FinishedAt { get; private set; }

    /// <summary>When the next part is done (UTC); null for not before another service reports, or never.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    /// <summary>How many rows of each kind were erased so far.</summary>
    public IReadOnlyDictionary<string, int> Counts => JsonSerializer.Deserialize<Dictionary<string, int>>(Counted)!;

    public static Erasure OfContact(
        string id, AccountId account, InstagramUserId contact, ConversationId? thread, DateTimeOffset now, long last) => new()
    {
        Id = id,
        AccountId = account,
        ContactId = contact,
        IsOfAccount = false,
        ConversationId = thread,
        AskedAt = now,
        AskedAtSequence = last,
        DueAt = now,
    };

    public static Erasure OfAccount(string id, AccountId account, string? requestCode, DateTimeOffset now, long last) => new()
    {
        Id = id, AccountId = account, IsOfAccount = true, RequestCode = requestCode, AskedAt = now, AskedAtSequence = last, DueAt = now,
    };

    public void Count(string kind, int rows)
    {
        if (rows == 0) return;
        var counts = new Dictionary<string, int>(Counts);
        counts[kind] = counts.GetValueOrDefault(kind) + rows;
        Counted = JsonSerializer.Serialize(counts);
    }

    public void WalkTo(long row) => Walked = row;

    /// <summary>Notes that the threads are gone.</summary>
    public void ThreadsGone(long lastSequence)
    {
        UpToSequence = lastSequence;
        Go(ErasureStep.Rest);
    }

    public void Go(ErasureStep step) => (Step, Walked) = (step, 0);

    /// <summary>Waits for the other services, or ends.</summary>
    public void Wait(DateTimeOffset now, TimeSpan lookAgainAfter)
    {
        if (SenderDoneAt is null || CrmDoneAt is null)
        {
            DueAt = null;
            return;
        }

        FinishedAt = now;
        Go(ErasureStep.LookAgain);
        DueAt = now + lookAgainAfter;
    }

    /// <summary>Notes that another service has nothing more.</summary>
    public void Report(string service, DateTimeOffset at)
    {
        if (service == "sender") SenderDoneAt = at;
        else CrmDoneAt = at;
        if (Step == ErasureStep.Others) DueAt = at;
    }

    public void PutOff(DateTimeOffset until) => DueAt = until;

    /// <summary>Forgets whom it was about.</summary>
    public void End()
    {
        Go(ErasureStep.Over);
        (ContactId, DueAt) = (null, null);
    }

    private sealed class Table : IEntityTypeConfiguration<Erasure>
    {
        public void Configure(EntityTypeBuilder<Erasure> entity)
        {
            entity.ToTable("erasures");
            entity.HasKey(row => row.Id);
            entity.Ignore(row => row.Counts);
            entity.Property(row => row.Id).HasMaxLength(40);
            entity.Property(row => row.RequestCode).HasMaxLength(40);
            entity.Property(row => row.Step).HasMaxLength(10);
            entity.Property(row => row.Counted).HasMaxLength(1000);
            entity.HasRowVersion();
            entity.HasIndex(row => row.DueAt);
            entity.HasIndex(row => row.AccountId);
            entity.HasIndex(row => row.RequestCode);
        }
    }
}
