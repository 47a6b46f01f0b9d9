using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Sending;

namespace InstaMessenger.Sender.Graph;

/// <summary>What came of a call, and what is worth keeping of the answer.</summary>
/// <param name="Verdict">What it comes to.</param>
/// <param name="Usage">What Meta says of the limits; null when no answer came.</param>
/// <param name="Status">The HTTP status; null when no answer came.</param>
/// <param name="Error">Meta's error; null when there is none.</param>
internal sealed record GraphAnswer(Verdict Verdict, UsageHeaders? Usage = null, int? Status = null, GraphError? Error = null)
{
    /// <summary>Judges status and body together: Meta also answers 200 with an error in it.</summary>
    public static GraphAnswer Of(HttpResponseMessage response, ReadOnlyMemory<byte> body, bool isMedia)
    {
        var status = (int)response.StatusCode;
        var usage = UsageHeaders.Of(response.Headers);
        var json = Parse(body);
        var error = GraphError.Of(json);
        var verdict = error is not null ? GraphErrorTable.VerdictOf(error, status, isMedia) : WithoutError(response, json);
        return new GraphAnswer(verdict, usage, status, error);
    }

    private static Verdict WithoutError(HttpResponseMessage response, JsonElement json)
    {
        if (response.IsSuccessStatusCode
            && json.ValueKind == JsonValueKind.Object
            && json.TryGetProperty("message_id", out var id)
            && id.ValueKind == JsonValueKind.String
            && InstagramMessageId.TryParse(id.GetString(), out var messageId))
        {
            return new Verdict.Sent(messageId);
        }

        // The one status that needs no body to say that nothing was done.
        return response.StatusCode == System.Net.HttpStatusCode.TooManyRequests
            ? new Verdict.Later("rate_limited", "Meta limits the account's calls; sending goes on by itself.", HoldBack.Account)
            : new Verdict.Unknown("answer_unreadable", $"Meta answered {(int)response.StatusCode} with something that is no answer of the Send API.");
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
