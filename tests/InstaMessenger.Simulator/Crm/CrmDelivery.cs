namespace InstaMessenger.Simulator.Crm;

/// <summary>One POST that a CRM inbox received.</summary>
/// <param name="Inbox">Name of the inbox.</param>
/// <param name="WebhookId">Header <c>webhook-id</c>.</param>
/// <param name="Attempt">How often this id was seen, this time included.</param>
/// <param name="At">When it was received.</param>
/// <param name="WebhookTimestamp">Header <c>webhook-timestamp</c> in seconds; null when missing or not a number.</param>
/// <param name="EventId">The body's <c>id</c>.</param>
/// <param name="EventType">The body's <c>type</c>.</param>
/// <param name="Sequence">The body's <c>sequence</c>.</param>
/// <param name="AccountId">The body's <c>account_id</c>.</param>
/// <param name="SignatureValid">Whether one of the <c>webhook-signature</c>s fits a secret.</param>
/// <param name="HubSignatureValid">Whether <c>X-Hub-Signature-256</c> fits a secret.</param>
/// <param name="TimestampFresh">Whether the timestamp is within 5 minutes of the simulator's clock.</param>
/// <param name="BodyHash">Lowercase hex SHA-256 of the body.</param>
/// <param name="Bytes">Length of the body.</param>
/// <param name="Status">What was answered; null for a cut connection.</param>
/// <param name="Body">The body, up to the limit; null when bodies are not kept.</param>
/// <param name="TraceParent">Header <c>traceparent</c>; null when there is none.</param>
public sealed record CrmDelivery(
    string Inbox, string WebhookId, int Attempt, DateTimeOffset At, long? WebhookTimestamp,
    string? EventId, string? EventType, long? Sequence, string? AccountId,
    bool SignatureValid, bool HubSignatureValid, bool TimestampFresh,
    string BodyHash, int Bytes, int? Status, string? Body, string? TraceParent)
{
    /// <summary>Both signatures are valid and the timestamp is fresh.</summary>
    public bool Trusted => SignatureValid && HubSignatureValid && TimestampFresh;

    /// <summary>The sender may forget it.</summary>
    public bool Acknowledged => Status is >= 200 and < 300;
}
