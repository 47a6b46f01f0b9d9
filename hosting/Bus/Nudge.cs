namespace InstaMessenger.Hosting.Bus;

/// <summary>Tells the other processes of a kind to look: something that concerns their workers was committed.</summary>
/// <param name="Topics">The shared signals to wake.</param>
/// <param name="From">The process that tells, which needs it not itself.</param>
internal sealed record Nudge(IReadOnlyList<string> Topics, string From);
