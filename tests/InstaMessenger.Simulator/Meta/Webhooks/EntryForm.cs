namespace InstaMessenger.Simulator.Meta.Webhooks;

/// <summary>How an entry of a webhook holds what happened.</summary>
public enum EntryForm
{
    /// <summary>In <c>messaging[]</c>, the usual one.</summary>
    Messaging,

    /// <summary>In <c>standby[]</c>: another app owns the thread.</summary>
    Standby,

    /// <summary>In <c>changes[]</c>, like comments and the dashboard's test events.</summary>
    Changes,

    /// <summary>As <c>field</c> and <c>value</c> of the entry itself, as Meta documents it.</summary>
    Flat,
}
