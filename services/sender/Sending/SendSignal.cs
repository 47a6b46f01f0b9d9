using InstaMessenger.Hosting.Outbox;

namespace InstaMessenger.Sender.Sending;

/// <summary>Wakes the dispatcher: a send came, one ended, an account changed.</summary>
internal sealed class SendSignal : WakeSignal;
