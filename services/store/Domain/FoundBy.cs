namespace InstaMessenger.Store.Domain;

/// <summary>How a message came that no webhook had brought; it comes by webhook all the same, perhaps.</summary>
internal enum FoundBy
{
    /// <summary>
    /// By an import: it was there before the account was linked, or long ago. Nobody is told of it, and nothing counts it.
    /// </summary>
    History,

    /// <summary>By a sweep: its webhook was lost or is late. It is a message like any other.</summary>
    Sweep,
}
