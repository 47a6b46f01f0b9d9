namespace InstaMessenger.Sender.Graph;

/// <summary>Meta's error object (meta-platform.md 4.3). Everything but the code is optional.</summary>
/// <param name="Code">Meta's code.</param>
/// <param name="Subcode">Says more exactly what happened; null when Meta gives none.</param>
/// <param name="IsTransient">Whether Meta calls it temporary.</param>
/// <param name="UserMessage">A sentence that Meta wrote for users; at most 300 UTF-16 units.</param>
/// <param name="FbTraceId">What Meta's support asks for; at most 100 UTF-16 units.</param>
internal sealed record GraphError(int Code, int? Subcode, bool IsTransient = false, string? UserMessage = null, string? FbTraceId = null);
