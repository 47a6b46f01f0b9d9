using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Sender.History;

/// <summary>What came of one call for a run.</summary>
/// <param name="Page">The page; null when there is none.</param>
/// <param name="Fault">Why not, for people; null when there is one.</param>
/// <param name="IsRefusedField">Whether Meta may have refused the call over a field that it does not know.</param>
/// <param name="Limit">That Meta wants no more calls for a while.</param>
internal sealed record HistoryPage(ThreadPage? Page, string? Fault = null, bool IsRefusedField = false, CallLimit? Limit = null)
{
    /// <summary>Meta's code for an invalid parameter.</summary>
    private const int InvalidParameter = 100;

    /// <summary>Asks Meta for the run's next page.</summary>
    public static async Task<HistoryPage> ReadAsync(
        GraphClient graph, SendingAccount account, HistoryRun run, CancellationToken cancellationToken)
    {
        var fields = run.Plain ? ThreadPage.PlainFields : ThreadPage.Fields;
        var reply = await graph.AskAsync(
            account.AccountId,
            account.LoginType,
            account.ProtectedToken,
            (api, version, token, end) => api.ListThreadsAsync(version, token, run.PageSize, run.After, fields, end),
            cancellationToken);
        if (reply.IsSuccess)
        {
            return ThreadPage.Of(reply.Body, run) is { } page
                ? new(page, Limit: CallLimit.Of(null, reply.Usage))
                : new(null, "Meta's answer shows no conversations.");
        }

        var code = reply.Error is { } error ? $", code {error.Code}" : "";
        return new(
            null,
            reply.Fault ?? $"Meta refused to show the conversations (status {reply.Status}{code}).",
            reply.Error?.Code == InvalidParameter && !run.Plain,
            CallLimit.Of(reply.Verdict, reply.Usage));
    }
}
