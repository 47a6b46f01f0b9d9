using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Sender.Sending;

/// <summary>Wakes the dispatcher: a send came, one ended, an account changed.</summary>
internal sealed class SendSignal : WakeSignal;
