using System.ComponentModel.DataAnnotations;

namespace InstaMessenger.Store.Events;

/// <summary>The event log: section <c>Events</c>.</summary>
internal sealed class EventOptions
{
    /// <summary>
    /// How long events are kept, in days. A client that was away for longer is told so (410 <c>events_expired</c>) and reads anew what it
    /// needs.
    /// </summary>
    [Range(1, 3650)]
    public int KeepDays { get; set; } = 30;
}
