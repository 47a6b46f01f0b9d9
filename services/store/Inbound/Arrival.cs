using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Inbound;

/// <summary>An item with when and under which trace its webhook came.</summary>
internal sealed class Arrival(WebhookItem item, DateTimeOffset receivedAt, string? traceParent)
{
    public WebhookItem Item => item;

    public DateTimeOffset ReceivedAt => receivedAt;

    public string? TraceParent => traceParent;

    /// <summary>Meta's time; ours when it gave none.</summary>
    public DateTimeOffset SentAt => item.SentAt ?? receivedAt;

    /// <summary>Whose it is, once <see cref="AccountRouting"/> has found that out; null when no account claims it.</summary>
    public Account? Account { get; set; }
}
