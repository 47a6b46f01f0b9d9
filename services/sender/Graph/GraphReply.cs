namespace InstaMessenger.Sender.Graph;

/// <summary>What came of a call that sends nothing.</summary>
/// <param name="Fault">Why there is no answer, for people; null when there is one.</param>
internal sealed record GraphReply(string? Fault)
{
    public int? Status { get; private init; }

    public ReadOnlyMemory<byte> Body { get; private init; }

    public GraphError? Error { get; private init; }

    public UsageHeaders? Usage { get; private init; }

    /// <summary>Meta's clock.</summary>
    public DateTimeOffset? Date { get; private init; }

    /// <summary>Whether Meta did what was asked for, and its whole answer is here.</summary>
    public bool IsSuccess { get; private init; }

    /// <summary>What a refusal means; null when there is none.</summary>
    public Verdict? Verdict { get; private init; }

    public static GraphReply Of(HttpResponseMessage response, ReadOnlyMemory<byte> body, bool isCut)
    {
        var (status, error) = ((int)response.StatusCode, GraphBody.Of(body.Span).Error);
        var isSuccess = response.IsSuccessStatusCode && error is null && !isCut;
        return new GraphReply(Fault: null)
        {
            Status = status,
            Body = body,
            Error = error,
            Usage = UsageHeaders.Of(response.Headers),
            Date = response.Headers.Date,
            IsSuccess = isSuccess,
            Verdict = isSuccess ? null : GraphAnswer.VerdictOf(status, new GraphBody(null, error), isMedia: false),
        };
    }
}
