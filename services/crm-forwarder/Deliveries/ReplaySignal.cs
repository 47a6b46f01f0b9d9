using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>Wakes the replays: one was begun, a page of it came, or some of what it posts was taken.</summary>
internal sealed class ReplaySignal : WakeSignal;
