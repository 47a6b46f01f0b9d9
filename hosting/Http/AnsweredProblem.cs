namespace InstaMessenger.Hosting.Http;

/// <summary>What the client was told.</summary>
/// <param name="Code">The problem's code.</param>
internal sealed record AnsweredProblem(int Status, string Code);
