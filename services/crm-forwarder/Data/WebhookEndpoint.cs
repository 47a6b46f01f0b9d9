using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.CrmForwarder.Data;

/// <summary>Where an account's events are posted to.</summary>
internal sealed class WebhookEndpoint
{
    /// <summary><c>whe_…</c></summary>
    public required string Id { get; init; }

    public required AccountId AccountId { get; init; }

    public string? Url { get; private set; }

    public string? ProtectedSecret { get; private set; }

    public EndpointState State { get; private set; }

    /// <summary>
    /// Whether its last post was answered in time. Endpoints whose last post was not, or that never had one, share the slots that are set
    /// apart for such endpoints.
    /// </summary>
    public bool Proven { get; private set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ChangedAt { get; private set; }

    /// <summary>Whether events are kept for it; also while it is disabled, so that nothing is missing when it comes back.</summary>
    public bool TakesEvents => State != EndpointState.Removed;

    /// <summary>
    /// Returns the id of the endpoint for an account's <c>crm_webhook_url</c>: the same however often the account is linked.
    /// </summary>
    public static string IdOf(AccountId account) => "whe_" + account.Value["acc_".Length..];

    /// <summary>Takes over what the account says. A changed URL brings a disabled endpoint back.</summary>
    public void Set(string? url, string? protectedSecret, DateTimeOffset now)
    {
        if (url is null) State = EndpointState.Removed;
        else if (url != Url || State == EndpointState.Removed) State = EndpointState.Active;
        if (url != Url) Proven = false;
        (Url, ProtectedSecret, ChangedAt) = (url, protectedSecret, now);
    }

    private sealed class Table : IEntityTypeConfiguration<WebhookEndpoint>
    {
        public void Configure(EntityTypeBuilder<WebhookEndpoint> entity)
        {
            entity.ToTable("endpoints");
            entity.HasKey(row => row.Id);
            entity.Property(row => row.Id).HasMaxLength(40);
            entity.Property(row => row.Url).HasMaxLength(4000);
            entity.Property(row => row.ProtectedSecret).HasMaxLength(4000);
            entity.Property(row => row.State).HasMaxLength(10);
            entity.HasIndex(row => row.AccountId);
        }
    }
}

/// <summary>Whether an endpoint is posted to.</summary>
internal enum EndpointState
{
    Active,

    /// <summary>It answered 410. Its deliveries are kept until the URL is changed.</summary>
    Disabled,

    /// <summary>The account names no URL any more.</summary>
    Removed,
}
