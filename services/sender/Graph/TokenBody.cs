using System.Text.Json;

namespace InstaMessenger.Sender.Graph;

/// <summary>A token that Meta gave.</summary>
/// <param name="Token">Printable, so that a header can carry it; at most 2,000 characters, so that its encrypted form can be kept.</param>
/// <param name="ExpiresAt">When it ends; null when Meta did not say.</param>
internal sealed record TokenBody(string Token, DateTimeOffset? ExpiresAt)
{
    /// <summary>Reads an answer; null when it has no token.</summary>
    public static TokenBody? Of(ReadOnlyMemory<byte> body, DateTimeOffset at)
    {
        using var document = GraphJson.Parse(body);
        if (GraphJson.Text(document?.RootElement, "access_token") is not { Length: > 0 and <= 2000 } token
            || token.AsSpan().ContainsAnyExceptInRange('!', '~')) return null;
        var life = GraphJson.Member(document?.RootElement, "expires_in");
        return new TokenBody(
            token,
            life is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var seconds) && seconds is > 0 and < 1_000_000_000
                ? at.AddSeconds(seconds)
                : null);
    }
}
