using InstaMessenger.Hosting.Outbox;

namespace InstaMessenger.Store.Inbound;

/// <summary>Wakes the replay of quarantined webhooks: an account was linked, or claims another id.</summary>
internal sealed class QuarantineSignal : WakeSignal;
