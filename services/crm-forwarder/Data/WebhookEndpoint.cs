using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.CrmForwarder.Data;

/// <summary>Where events are posted to: an account's <c>crm_webhook_url</c>, or an address that somebody made by the API.</summary>
internal sealed class WebhookEndpoint
{
    /// <summary>How long the secret before signs too, once there is a new one.</summary>
    public static readonly TimeSpan RotationLasts = TimeSpan.FromHours(24);

    /// <summary>Why an endpoint is paused whose owner sees no account at the moment.</summary>
    public const string AccessLost = "access_lost";

    /// <summary><c>whe_…</c></summary>
    public required string Id { get; init; }

    /// <summary>The account whose <c>crm_webhook_url</c> it is; null for one that was made by the API.</summary>
    public AccountId? AccountId { get; init; }

    /// <summary>The user who made it; null for an account's.</summary>
    public string? OwnerId { get; init; }

    /// <summary>
    /// Whether it takes the events of every account, also of later ones; otherwise <see cref="EndpointAccount"/> lists them.
    /// </summary>
    public bool AllAccounts { get; set; }

    /// <summary>The types of events that it takes, separated by spaces; null for all, also for later ones.</summary>
    public string? EventTypes { get; set; }

    public string? Url { get; private set; }

    /// <summary>What it is for, in its owner's words.</summary>
    public string? Description { get; set; }

    /// <summary>Headers of its owner for each post: a JSON object, encrypted, because it may hold credentials.</summary>
    public string? ProtectedHeaders { get; set; }

    public string? ProtectedSecret { get; private set; }

    /// <summary>The secret before, which signs too until <see cref="PreviousSecretUntil"/>.</summary>
    public string? PreviousProtectedSecret { get; private set; }

    public DateTimeOffset? PreviousSecretUntil { get; private set; }

    /// <summary>The secret that the account gave last: a newer one that was made here stands until the account gives another.</summary>
    public string? GivenProtectedSecret { get; private set; }

    public EndpointState State { get; private set; }

    /// <summary>
    /// Why it is not posted to: <c>gone</c> (it answered 410), <c>failing</c>, <c>access_lost</c>, or null when somebody paused it.
    /// </summary>
    public string? Reason { get; private set; }

    /// <summary>
    /// Whether its last post was answered in time. Endpoints whose last post was not, or that never had one, share the slots that are set
    /// apart for such endpoints.
    /// </summary>
    public bool Proven { get; private set; }

    /// <summary>Since when it has taken nothing (UTC); null while its last delivery was taken.</summary>
    public DateTimeOffset? FailingSince { get; private set; }

    /// <summary>Whether a conversation's events wait behind one that is tried again.</summary>
    public bool Ordered { get; set; }

    /// <summary>Posts begun in a second, at most; null for as many as its slots carry.</summary>
    public int? MaxPerSecond { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ChangedAt { get; private set; }

    /// <summary>
    /// Returns the id of the endpoint for an account's <c>crm_webhook_url</c>: the same however often the account is linked.
    /// </summary>
    public static string IdOf(AccountId account) => "whe_" + account.Value["acc_".Length..];

    /// <summary>Takes over what the account says. A changed URL brings a disabled endpoint back.</summary>
    public void Follow(string? url, string? protectedSecret, DateTimeOffset now)
    {
        // Its headers may be credentials, and whoever may name another host could read them there.
        if (url is null || !OutboundRules.IsSameHost(url, Url)) ProtectedHeaders = null;
        if (url is null) Remove(now);
        else MoveTo(url, now);
        if (protectedSecret == GivenProtectedSecret) return;
        (ProtectedSecret, GivenProtectedSecret) = (protectedSecret, protectedSecret);
        (PreviousProtectedSecret, PreviousSecretUntil) = (null, null);
    }

    /// <summary>Sets the address. Another one has shown nothing yet, and one that was given up begins anew.</summary>
    public void MoveTo(string url, DateTimeOffset now)
    {
        // Another address changes nothing about who paused it, or about what its owner sees.
        var staysPaused = State == EndpointState.Paused && (Reason is null or AccessLost);
        if (url != Url)
        {
            (Proven, FailingSince) = (false, null);
            if (!staysPaused) (State, Reason) = (EndpointState.Active, null);
        }

        (Url, ChangedAt) = (url, now);
    }

    /// <summary>
    /// Posts nothing until it is resumed; its deliveries are kept. One that waits for its owner stays paused when they are back.
    /// </summary>
    public void Pause(DateTimeOffset now)
    {
        if (State != EndpointState.Paused || Reason == AccessLost) (State, Reason, ChangedAt) = (EndpointState.Paused, null, now);
    }

    /// <summary>Posts nothing until its owner sees accounts again; its deliveries are kept.</summary>
    public void Suspend(DateTimeOffset now) => (State, Reason, ChangedAt) = (EndpointState.Paused, AccessLost, now);

    /// <summary>Posts again, what was kept first.</summary>
    public void Resume(DateTimeOffset now)
    {
        if (State != EndpointState.Active) (State, Reason, FailingSince, ChangedAt) = (EndpointState.Active, null, null, now);
    }

    /// <summary>Notes that something of it was changed.</summary>
    public void Touch(DateTimeOffset now) => ChangedAt = now;

    /// <summary>Takes no more events. The row stays, so that the log of what was delivered has its owner.</summary>
    public void Remove(DateTimeOffset now) => 
        (State, Reason, Url, Proven, ChangedAt) = (EndpointState.Removed, null, null, false, now);

    /// <summary>Signs with a new secret, and with the one before for <see cref="RotationLasts"/>.</summary>
    public void Rotate(string protectedSecret, DateTimeOffset now)
    {
        if (ProtectedSecret is not null) (PreviousProtectedSecret, PreviousSecretUntil) = (ProtectedSecret, now + RotationLasts);
        (ProtectedSecret, ChangedAt) = (protectedSecret, now);
    }

    private sealed class Table : IEntityTypeConfiguration<WebhookEndpoint>
    {
        public void Configure(EntityTypeBuilder<WebhookEndpoint> entity)
        {
            entity.ToTable("endpoints");
            entity.HasKey(row => row.Id);
            entity.Property(row => row.Id).HasMaxLength(40);
            entity.Property(row => row.OwnerId).HasMaxLength(40);
            entity.Property(row => row.Url).HasMaxLength(4000);
            entity.Property(row => row.Description).HasMaxLength(200);
            entity.Property(row => row.ProtectedSecret).HasMaxLength(4000);
            // The new texts have no length of their own: together MySQL would not fit them into a row.
            entity.Property(row => row.State).HasMaxLength(10);
            entity.Property(row => row.Reason).HasMaxLength(20);
            entity.HasIndex(row => row.AccountId);
            entity.HasIndex(row => row.AllAccounts);
        }
    }
}

/// <summary>Whether an endpoint is posted to.</summary>
internal enum EndpointState
{
    Active,

    /// <summary>
    /// Somebody paused it, it took nothing for days, or its owner sees nothing. Its deliveries are kept until it is resumed.
    /// </summary>
    Paused,

    /// <summary>It answered 410. Its deliveries are kept until it is resumed or its URL is changed.</summary>
    Disabled,

    /// <summary>It was deleted, or its account names no URL any more.</summary>
    Removed,
}
