using InstaMessenger.Simulator.Meta.Accounts;

namespace InstaMessenger.Simulator.Meta.Graph;

/// <summary>One call of the Graph API, recorded when it ended.</summary>
/// <param name="At">When it started.</param>
/// <param name="Host">Which of the two hosts was called.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path without the query, so without tokens.</param>
/// <param name="Account">Whose token it carried; null when the token is unknown.</param>
/// <param name="Status">The answer; null when the connection was cut.</param>
/// <param name="Code">Meta's error code, if any.</param>
/// <param name="DurationMs">How long it took.</param>
public sealed record GraphCall(
    DateTimeOffset At, GraphHost Host, string Method, string Path, string? Account, int? Status, int? Code, double DurationMs);
