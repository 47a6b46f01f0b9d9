using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Sender.Data;

/// <summary>Wakes those who look at accounts: one was linked, unlinked, or is to be looked at now.</summary>
internal sealed class CheckupSignal : WakeSignal;
