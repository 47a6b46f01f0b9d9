namespace InstaMessenger.Hosting.Bus;

/// <summary>Tells the other processes of a kind to look, because something that concerns their workers was committed.</summary>
/// <param name="Topics">The shared signals to wake.</param>
/// <param name="From">The process that sends it and does not need it itself.</param>
/// <param name="Notes">What is put up on shared boards; null from a process that has none.</param>
internal sealed record Nudge(IReadOnlyList<string> Topics, string From, IReadOnlyList<NudgeNote>? Notes = null);

/// <summary>A note for a shared board.</summary>
internal sealed record NudgeNote(string Board, string Text);
