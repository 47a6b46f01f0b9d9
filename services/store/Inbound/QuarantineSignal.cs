using InstaMessenger.Hosting.Outbox;

namespace InstaMessenger.Store.Inbound;

/// <summary>Wakes the replay of quarantined webhooks when an account was linked that may claim some.</summary>
internal sealed class QuarantineSignal : WakeSignal;
