using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Sender.Data;

/// <summary>What the sender knows of an account: the newest <see cref="AccountChanged"/>, and whether its sends are held back.</summary>
internal sealed class SendingAccount
{
    public AccountId AccountId { get; private init; }

    public long Version { get; private set; }

    public InstagramAccountId InstagramAccountId { get; private set; }

    public LoginType LoginType { get; private set; }

    /// <summary>The linked Facebook Page, which is subscribed to webhooks with Facebook login; null when there is none.</summary>
    public string? PageId { get; private set; }

    /// <summary>The Meta app by whose login the token came; null when it was pasted.</summary>
    public string? AppId { get; private set; }

    public string? ProtectedToken { get; private set; }

    public bool Unlinked { get; private set; }

    /// <summary>Meta refused the token (code 190): nothing is sent until another one comes.</summary>
    public bool TokenRefused { get; private set; }

    public DateTimeOffset? PausedUntil { get; private set; }

    public string? PauseReason { get; private set; }

    /// <summary>
    /// Pauses since the last success; more than none means that one send at a time goes out as a probe, because calls
    /// made while throttled lengthen the throttle (meta-platform.md 4.2).
    /// </summary>
    public int Pauses { get; private set; }

    /// <summary>The process that claims the account's sends; null for none.</summary>
    public string? Owner { get; private set; }

    /// <summary>Until this time (UTC) only the owner claims the account's sends. Each claim renews it.</summary>
    public DateTimeOffset? OwnedUntil { get; private set; }

    public static SendingAccount Of(AccountChanged change)
    {
        var account = new SendingAccount { AccountId = change.AccountId };
        account.Take(change);
        return account;
    }

    /// <summary>Takes over a change unless it is older than what is known.</summary>
    public void Take(AccountChanged change)
    {
        if (change.Version <= Version) return;
        if (change.ProtectedAccessToken != ProtectedToken) TokenRefused = false;
        (Version, InstagramAccountId, LoginType) = (change.Version, change.InstagramAccountId, change.LoginType);
        (ProtectedToken, Unlinked) = (change.ProtectedAccessToken, change.Unlinked);
        (PageId, AppId) = (change.PageId, change.AppId);
    }

    /// <summary>Who is subscribed to webhooks.</summary>
    public string Subscriber => LoginType == LoginType.Facebook ? PageId ?? "me" : "me";

    /// <summary>Notes that Meta refused a token; nothing happens when another one came meanwhile.</summary>
    public void RefuseToken(string? protectedToken)
    {
        if (protectedToken == ProtectedToken) TokenRefused = true;
    }

    /// <summary>Holds sends back. Sends that were under way together and fail together count as one pause.</summary>
    public void Pause(DateTimeOffset until, string reason, DateTimeOffset now)
    {
        if (PausedUntil is null || PausedUntil <= now) Pauses++;
        if (PausedUntil is null || PausedUntil < until) (PausedUntil, PauseReason) = (until, reason);
    }

    /// <summary>Notes that a send went through. One that was under way when the pause began says nothing about it.</summary>
    public void Recover(DateTimeOffset now)
    {
        if (PausedUntil > now) return;
        (PausedUntil, PauseReason, Pauses) = (null, null, 0);
    }

    private sealed class Table : IEntityTypeConfiguration<SendingAccount>
    {
        public void Configure(EntityTypeBuilder<SendingAccount> entity)
        {
            entity.ToTable("accounts");
            entity.HasKey(row => row.AccountId);
            // A change and an answer that judges the old token may meet: the later one reads again, so a new token is never taken for the
            // refused one.
            entity.Property(row => row.Version).IsConcurrencyToken();
            entity.Property(row => row.LoginType).HasMaxLength(10);
            entity.Property(row => row.Owner).HasMaxLength(100);
            entity.Property(row => row.ProtectedToken).HasMaxLength(4000);
            entity.Property(row => row.PageId).HasMaxLength(20);
            entity.Property(row => row.AppId).HasMaxLength(40);
            entity.Ignore(row => row.Subscriber);
            entity.Property(row => row.PauseReason).HasMaxLength(100);
        }
    }
}
