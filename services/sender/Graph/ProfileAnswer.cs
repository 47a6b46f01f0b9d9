using System.Text.Json;
using InstaMessenger.Contracts.Events;

namespace InstaMessenger.Sender.Graph;

/// <summary>What came of asking Meta who a person is.</summary>
/// <param name="Outcome">Whether it told.</param>
/// <param name="Username">Their username.</param>
/// <param name="Name">Their name.</param>
/// <param name="PictureUrl">Meta's address of their picture.</param>
/// <param name="Facts">How they and the account stand to each other.</param>
/// <param name="Limit">What Meta limits, if anything.</param>
internal sealed record ProfileAnswer(
    ProfileOutcome Outcome,
    string? Username = null,
    string? Name = null,
    string? PictureUrl = null,
    ContactFacts? Facts = null,
    CallLimit? Limit = null)
{
    public static readonly ProfileAnswer Failed = new(ProfileOutcome.Failed);

    /// <summary>Longer ones are no names; Instagram's have 30 and 64 characters at most.</summary>
    private const int LongestName = 100;

    private const int LongestUrl = 2048;

    /// <summary>Reads an answer of status 200.</summary>
    public static ProfileAnswer Of(ReadOnlyMemory<byte> body)
    {
        using var json = GraphJson.Parse(body);
        if (json is null) return Failed;
        var picture = Text(json.RootElement, "profile_pic", LongestUrl);
        return new ProfileAnswer(
            ProfileOutcome.Found,
            Text(json.RootElement, "username", LongestName),
            Text(json.RootElement, "name", LongestName),
            Uri.TryCreate(picture, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" ? picture : null,
            new ContactFacts(
                Count(json.RootElement, "follower_count"),
                Flag(json.RootElement, "is_user_follow_business"),
                Flag(json.RootElement, "is_business_follow_user"),
                Flag(json.RootElement, "is_verified_user")));
    }

    /// <summary>Says what a refusal means: a person whom Meta does not show will not be shown at the next call either.</summary>
    public static ProfileAnswer Of(int? status, GraphError? error)
    {
        // 100/33: gone, or no permission; 230: consent is required; 10 and 200: no permission for this person; 3: not capable.
        var isWithheld = error is { Code: 100 or 230 or 10 or 200 or 3 } || (error is null && status == StatusCodes.Status404NotFound);
        return isWithheld ? new ProfileAnswer(ProfileOutcome.Withheld) : Failed;
    }

    private static long? Count(JsonElement json, string name) =>
        GraphJson.Member(json, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var count) && count >= 0
            ? count
            : null;

    private static bool? Flag(JsonElement json, string name) =>
        GraphJson.Member(json, name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } flag ? flag.GetBoolean() : null;

    private static string? Text(JsonElement json, string name, int longest) =>
        GraphJson.Text(json, name) is { Length: > 0 } text && text.Length <= longest ? text : null;
}
