namespace InstaMessenger.Contracts.Events;

/// <summary>Meta posted a webhook, its signature was right, and it is in ingress's journal.</summary>
/// <param name="Body">The raw bytes as posted: a JSON object of at most 5 MiB.</param>
/// <param name="ReceivedAt">When ingress had the whole body (UTC).</param>
public sealed record WebhookReceived(byte[] Body, DateTimeOffset ReceivedAt);
