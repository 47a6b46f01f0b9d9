using InstaMessenger.Contracts.Outgoing;

namespace InstaMessenger.Sender.Graph;

/// <summary>What came of a call, and what is worth keeping of the answer.</summary>
/// <param name="Verdict">What it comes to.</param>
/// <param name="Usage">What Meta says of the limits; null when no answer came.</param>
/// <param name="Status">The HTTP status; null when no answer came.</param>
/// <param name="Error">Meta's error; null when there is none.</param>
internal sealed record GraphAnswer(Verdict Verdict, UsageHeaders? Usage = null, int? Status = null, GraphError? Error = null)
{
    /// <summary>Judges status and body together: Meta also answers 200 with an error in it.</summary>
    public static GraphAnswer Of(HttpResponseMessage response, ReadOnlyMemory<byte> body, OutgoingContent content)
    {
        var status = (int)response.StatusCode;
        var said = GraphBody.Of(body.Span);
        // What is no message gets no id.
        var verdict = content.IsRepeatable && said.Error is null && response.IsSuccessStatusCode
            ? new Verdict.Sent(null)
            : VerdictOf(status, said, content.IsFetched);
        return new GraphAnswer(verdict, UsageHeaders.Of(response.Headers), status, said.Error);
    }

    /// <summary>Judges what an answer says.</summary>
    public static Verdict VerdictOf(int status, GraphBody said, bool isMedia) =>
        said.Error is { } error ? GraphErrorTable.VerdictOf(error, status, isMedia) : WithoutError(status, said);

    private static Verdict WithoutError(int status, GraphBody said) => (status, said.MessageId) switch
    {
        (>= 200 and < 300, { } id) => new Verdict.Sent(id),
        (StatusCodes.Status429TooManyRequests, _) =>
            new Verdict.Later(
                "rate_limited", "Meta limits the account's calls. Nothing needs to be done: this settles by itself.", HoldBack.Account),
        // An answer that names neither message nor code refused before anything of Meta's read the request: a proxy, a gateway, a wrong
        // path.
        (>= 400 and < 500, null) =>
            new Verdict.Rejected(
                "meta_error", $"Meta refused with {status} and gave no reason that can be read. Sending again is safe.", Retryable: true),
        _ => new Verdict.Unknown("answer_unreadable", $"Meta answered {status} with something that is no answer of the Send API."),
    };
}
