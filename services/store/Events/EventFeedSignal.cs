using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Store.Events;

/// <summary>Wakes the live stream when events were committed in this process.</summary>
internal sealed class EventFeedSignal : WakeSignal;
