namespace InstaMessenger.Simulator.Meta.Webhooks;

/// <summary>One POST to the callback URL.</summary>
/// <param name="DeliveryId">The same for every attempt of one body.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="At">When it started.</param>
/// <param name="Status">The answer's status; null when there was none.</param>
/// <param name="Error">Why there was none.</param>
/// <param name="DurationMs">How long the answer took.</param>
/// <param name="Bytes">Size of the body.</param>
/// <param name="Body">The body; null when bodies are not kept.</param>
public sealed record WebhookAttempt(
    string DeliveryId, int Attempt, DateTimeOffset At, int? Status, string? Error, double DurationMs, int Bytes, string? Body)
{
    /// <summary>Meta takes nothing but 200 for a success.</summary>
    public bool Delivered => Status == 200;
}
