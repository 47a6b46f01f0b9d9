using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>Wakes the mirror: events came, or what it asked for.</summary>
internal sealed class MirrorSignal : WakeSignal;
