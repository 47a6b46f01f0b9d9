using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Hosting.Http;

/// <summary>
/// Says what is wrong with a request body: 400 when it is no JSON object, 422 and the member's name when a member is unknown, given twice
/// or of the wrong type.
/// </summary>
internal static class UnreadableBody
{
    /// <summary>The problem of a request that the framework could not bind.</summary>
    /// <param name="mostBytes">How much the endpoint takes; null when it has no limit of its own.</param>
    public static ProblemHttpResult Of(BadHttpRequestException bad, long? mostBytes) => bad.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge =>
            Problems.Of(bad.StatusCode, "payload_too_large", mostBytes is { } most ? $"At most {most / 1024} KiB are taken here." : null),
        StatusCodes.Status415UnsupportedMediaType => Problems.Of(bad.StatusCode, "unsupported_media_type", "Send application/json."),
        StatusCodes.Status408RequestTimeout => Problems.Of(bad.StatusCode, "request_timeout", "The body did not come in time."),
        StatusCodes.Status400BadRequest when bad.InnerException is JsonException json => Of(json),
        StatusCodes.Status400BadRequest =>
            Problems.Of(bad.StatusCode, "bad_request", "The request cannot be read: a JSON object is needed as its body."),
        _ => Problems.Of(bad.StatusCode, "bad_request", "The request cannot be read."),
    };

    /// <summary>Which part of a member cannot be read, as it goes behind the member's name, and why.</summary>
    /// <param name="json">What the framework says of the member.</param>
    public static (string Part, string Error) FaultOf(JsonException json) => (Member(json.Path) switch
    {
        null => "",
        ['[', ..] entry => entry,
        var member => "." + member,
    }, ErrorOf(json));

    private static ProblemHttpResult Of(JsonException json)
    {
        // The text is not JSON at all, so the path only says how far the reader got.
        if (json.InnerException is JsonException)
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "bad_request",
                $"The body is not JSON: byte {json.BytePositionInLine} of line {json.LineNumber + 1}.");
        if (Member(json.Path) is not { } member)
            return Problems.Of(StatusCodes.Status400BadRequest, "bad_request", "The body must be one JSON object.");
        return Problems.Invalid((member, ErrorOf(json)));
    }

    /// <summary>The member as clients write it, from a path like <c>$.account_ids[0]</c>; null for the whole body.</summary>
    private static string? Member(string? path)
    {
        if (path is null or "$" or "") return null;
        return path.StartsWith("$.", StringComparison.Ordinal)
            ? path[2..] : path.StartsWith("$['", StringComparison.Ordinal) ? path[3..].Replace("']", "")
            : path.StartsWith("$[", StringComparison.Ordinal) ? path[1..]
            : path;
    }

    /// <summary>Says it in our words: the framework's text names types of ours, and may quote what was sent.</summary>
    private static string ErrorOf(JsonException json)
    {
        if (json.Message.Contains("could not be mapped", StringComparison.Ordinal)) return "There is no such member.";
        if (json.Message.StartsWith("Duplicate", StringComparison.Ordinal)) return "It is given twice.";
        return json.Message.StartsWith(ApiJson.NotATime, StringComparison.Ordinal)
            ? ApiJson.NotATime
            : "It has the wrong type, or is none of the words that are allowed.";
    }
}
