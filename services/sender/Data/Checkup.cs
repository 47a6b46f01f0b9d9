using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Sender.Data;

/// <summary>
/// What is known of an account's state at Meta, and when it is looked at next. Beside <see cref="SendingAccount"/>, because that row
/// changes with every claim of a send.
/// </summary>
internal sealed class Checkup
{
    /// <summary>Meta refreshes no younger token (meta-platform.md 5.3).</summary>
    public static readonly TimeSpan YoungestToRefresh = TimeSpan.FromHours(24);

    /// <summary>How long an unsubscription is tried: a token that is refused for a day is dead.</summary>
    internal static readonly TimeSpan FarewellFor = TimeSpan.FromDays(1);

    /// <summary>How long a claim holds; a look that was made is due again later than that.</summary>
    public static readonly TimeSpan Claimed = TimeSpan.FromMinutes(10);

    public AccountId AccountId { get; private init; }

    /// <summary>Since when the account has its token.</summary>
    public DateTimeOffset? TokenSince { get; private set; }

    /// <summary>When the token ends; null when that is not known, or when it has no fixed end.</summary>
    public DateTimeOffset? TokenExpiresAt { get; private set; }

    public DateTimeOffset? RefreshedAt { get; private set; }

    /// <summary>When the token is refreshed, or tried again; null for one that cannot be refreshed.</summary>
    public DateTimeOffset? RefreshDueAt { get; private set; }

    /// <summary>When Meta is asked next how the account stands.</summary>
    public DateTimeOffset? CheckDueAt { get; private set; }

    /// <summary>When Meta was last asked, and answered.</summary>
    public DateTimeOffset? CheckedAt { get; private set; }

    /// <summary>The subscribed webhook fields, separated by commas; null while they were not read.</summary>
    public string? Fields { get; private set; }

    /// <summary>Those that are wanted and not subscribed, separated by commas.</summary>
    public string Missing { get; private set; } = "";

    /// <summary>The code of what Meta refused when it was asked; null when it refused nothing.</summary>
    public string? Finding { get; private set; }

    /// <summary>The code of what Meta refused a send for and what concerns the whole account; null when there is none.</summary>
    public string? Refusal { get; private set; }

    public DateTimeOffset? RefusedAt { get; private set; }

    public DateTimeOffset? LastWebhookAt { get; private set; }

    public DateTimeOffset? LastSentAt { get; private set; }

    public int Quarantined { get; private set; }

    /// <summary>When the messages here were last compared with what Meta shows (UTC); null for not yet.</summary>
    public DateTimeOffset? ComparedAt { get; private set; }

    /// <summary>Messages of the day before that were here then.</summary>
    public int KnownMessages { get; private set; }

    /// <summary>Messages of the day before that were missing, and are here since.</summary>
    public int MissingMessages { get; private set; }

    /// <summary>The last token of an account that was unlinked, by which it is unsubscribed; null once that is done.</summary>
    public string? FarewellToken { get; private set; }

    public DateTimeOffset? FarewellBy { get; private set; }

    /// <summary>When its health is compared with what was told; null when nothing is to come.</summary>
    public DateTimeOffset? HealthDueAt { get; private set; }

    /// <summary>The state that was told last; null when none was, which is healthy.</summary>
    public string? Told { get; private set; }

    /// <summary>Looks so far. Of two processes that find the same row due, the slower one finds this changed and reads again.</summary>
    public int Claims { get; private set; }

    public static Checkup Of(AccountId account) => new() { AccountId = account };

    /// <summary>Follows a change of the account.</summary>
    /// <param name="change">The change, which is news.</param>
    /// <param name="earlierToken">The token that it had until now.</param>
    /// <param name="jitter">0 to 1: accounts that were linked together are not refreshed together.</param>
    /// <param name="now">The time (UTC).</param>
    public void Follow(AccountChanged change, string? earlierToken, double jitter, DateTimeOffset now)
    {
        if (change.Unlinked)
        {
            (TokenSince, TokenExpiresAt, RefreshDueAt, HealthDueAt, Told) = (null, null, null, null, null);
            if (earlierToken is null) return;
            (FarewellToken, FarewellBy) = (earlierToken, now + FarewellFor);
            CheckNow(now);
            return;
        }

        TokenExpiresAt = change.TokenExpiresAt;
        if (change.ProtectedAccessToken == earlierToken) return;
        (TokenSince, Finding, Refusal, RefusedAt, FarewellToken) = (now, null, null, null, null);
        HealthDueAt = now;
        CheckNow(now);
        RefreshDueAt = change.LoginType == LoginType.Instagram ? FirstRefresh(now, TokenExpiresAt, jitter) : null;
    }

    /// <summary>
    /// Says when a token is refreshed: on a day when less than half of its life is left, and never before Meta takes it. One whose end is
    /// not known is refreshed as soon as it may be, which tells it.
    /// </summary>
    public static DateTimeOffset FirstRefresh(DateTimeOffset since, DateTimeOffset? expiresAt, double jitter)
    {
        var day = TimeSpan.FromDays(1) * jitter;
        var half = expiresAt is { } end ? since + ((end - since) / 2) : since;
        var due = (half > since + YoungestToRefresh ? half : since + YoungestToRefresh) + day;
        // One with hours to live is tried in time, whatever the jitter.
        return expiresAt is { } last && due >= last ? since + ((last - since) / 2) : due;
    }

    /// <summary>Takes the refresh for this process; another one takes it when that long nothing came of it.</summary>
    public void ClaimRefresh(DateTimeOffset until) => RefreshDueAt = until;

    /// <summary>Takes the look for this process; one that was claimed before records nothing any more.</summary>
    public void ClaimCheck(DateTimeOffset until) => (CheckDueAt, Claims) = (until, Claims + 1);

    /// <summary>Notes a refresh; the new token comes back by <see cref="AccountChanged"/>.</summary>
    public void Refreshed(DateTimeOffset now, DateTimeOffset nextTry) => (RefreshedAt, RefreshDueAt, HealthDueAt) = (now, nextTry, now);

    /// <summary>Notes that a refresh came to nothing; null when only another token can be refreshed.</summary>
    public void RefreshLater(DateTimeOffset? at, DateTimeOffset now) => (RefreshDueAt, HealthDueAt) = (at, now);

    /// <summary>Notes what Meta said of the account.</summary>
    public void Checked(string? fields, string? missing, string? finding, DateTimeOffset now, DateTimeOffset next)
    {
        if (fields is not null) (Fields, Missing) = (fields, missing ?? "");
        (Finding, CheckedAt, CheckDueAt, HealthDueAt) = (finding, now, next, now);
        // It was refused before this look, which met no refusal, and has sent since: whatever it was, it is over.
        if (finding is null && LastSentAt > RefusedAt) (Refusal, RefusedAt) = (null, null);
    }

    public void CheckLater(DateTimeOffset at) => CheckDueAt = at;

    /// <summary>Has the account looked at; a look that is under way does not count.</summary>
    public void CheckNow(DateTimeOffset now) => ClaimCheck(now);

    /// <summary>Ends the farewell, or puts it off.</summary>
    public void Farewell(bool isDone, DateTimeOffset now, DateTimeOffset next)
    {
        if (isDone || FarewellBy <= now) (FarewellToken, FarewellBy, CheckDueAt) = (null, null, null);
        else CheckDueAt = next;
    }

    public void Take(AccountActive active, DateTimeOffset now)
    {
        if (active.LastWebhookAt > LastWebhookAt || LastWebhookAt is null) LastWebhookAt = active.LastWebhookAt ?? LastWebhookAt;
        if (active.LastSentAt > LastSentAt || LastSentAt is null) LastSentAt = active.LastSentAt ?? LastSentAt;
        if (active.Completeness is { } compared && (ComparedAt is null || compared.CheckedAt > ComparedAt))
            (ComparedAt, KnownMessages, MissingMessages) = (compared.CheckedAt, compared.Known, compared.Missing);
        if (active.Quarantined is not { } count || count == Quarantined) return;
        (Quarantined, HealthDueAt) = (count, now);
    }

    public void Tell(string state, DateTimeOffset? lookAgain) => (Told, HealthDueAt) = (state, lookAgain);

    /// <summary>Has the health looked at, from a unit that does not hold the row.</summary>
    public static Task LookAsync(SenderDbContext db, AccountId account, DateTimeOffset now) =>
        db.Set<Checkup>().Where(row => row.AccountId == account).ExecuteUpdateAsync(set => set.SetProperty(row => row.HealthDueAt, now));

    /// <summary>Notes why Meta refused a send, when that concerns every send of the account.</summary>
    public static Task NoteRefusalAsync(SenderDbContext db, AccountId account, string code, DateTimeOffset now) =>
        db.Set<Checkup>().Where(row => row.AccountId == account && (row.Refusal == null || row.Refusal != code))
            .ExecuteUpdateAsync(set => set
                .SetProperty(row => row.Refusal, code)
                .SetProperty(row => row.RefusedAt, now)
                .SetProperty(row => row.HealthDueAt, now));

    private sealed class Table : IEntityTypeConfiguration<Checkup>
    {
        public void Configure(EntityTypeBuilder<Checkup> entity)
        {
            entity.ToTable("checkups");
            entity.HasKey(row => row.AccountId);
            entity.Property(row => row.Claims).IsConcurrencyToken();
            entity.Property(row => row.RefreshDueAt).IsConcurrencyToken();
            entity.Property(row => row.Fields).HasMaxLength(500);
            entity.Property(row => row.Missing).HasMaxLength(500);
            entity.Property(row => row.Finding).HasMaxLength(100);
            entity.Property(row => row.Refusal).HasMaxLength(100);
            entity.Property(row => row.FarewellToken).HasMaxLength(4000);
            entity.Property(row => row.Told).HasMaxLength(500);
            entity.HasIndex(row => row.RefreshDueAt);
            entity.HasIndex(row => row.CheckDueAt);
            entity.HasIndex(row => row.HealthDueAt);
        }
    }
}
