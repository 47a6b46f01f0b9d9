using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Sender.Accounts;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Sending;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Sender.Greetings;

/// <summary>
/// Reads and writes what customers see before they write. Nothing of it is kept here: Meta has the only copy, and each call is made at once
/// and may be repeated.
/// </summary>
internal sealed class MessengerProfile(
    KnownAccounts accounts, IUnitOfWork<SenderDbContext> unitOfWork, GraphClient graph, TimeProvider clock)
{
    /// <summary>Reads one part; a problem when Meta does not show it.</summary>
    public async Task<(IReadOnlyList<GraphProfile.Item> Items, ProblemHttpResult? Problem)> ReadAsync(
        Caller caller, AccountId account, string part, CancellationToken cancellationToken)
    {
        var (reply, problem) = await AskAsync(
            caller, account, (api, version, token, end) => api.ReadProfileAsync(version, token, part, end), cancellationToken);
        return (problem is null ? ItemsOf(reply!.Body, part) : [], problem);
    }

    /// <summary>
    /// Replaces a part; a problem when Meta does not take it. What was there before Meta has forgotten, so the audit log has only the new.
    /// </summary>
    public async Task<ProblemHttpResult?> WriteAsync(
        Caller caller, AccountId account, GraphProfile profile, AuditTrail audit, AuditChanges changes, CancellationToken cancellationToken)
    {
        var (_, problem) = await AskAsync(
            caller, account, (api, version, token, end) => api.WriteProfileAsync(version, token, profile, end), cancellationToken);
        return problem ?? await RecordAsync(account, audit, changes);
    }

    /// <summary>Removes a part.</summary>
    public async Task<ProblemHttpResult?> RemoveAsync(
        Caller caller, AccountId account, string part, AuditTrail audit, CancellationToken cancellationToken)
    {
        var (_, problem) = await AskAsync(
            caller,
            account,
            (api, version, token, end) => api.RemoveProfileAsync(version, token, $"[\"{part}\"]", end),
            cancellationToken);
        return problem ?? await RecordAsync(account, audit, new AuditChanges());
    }

    /// <summary>Records what Meta has done already, so that nobody who goes away meanwhile leaves it out.</summary>
    private async Task<ProblemHttpResult?> RecordAsync(AccountId account, AuditTrail audit, AuditChanges changes)
    {
        await unitOfWork.ExecuteAsync(scope =>
        {
            audit.Record(scope, account.Value, account, changes);
            return Task.CompletedTask;
        });
        return null;
    }

    private async Task<(GraphReply? Reply, ProblemHttpResult? Problem)> AskAsync(
        Caller caller,
        AccountId id,
        Func<IGraphApi, string, string, CancellationToken, Task<HttpResponseMessage>> call,
        CancellationToken cancellationToken)
    {
        if (await accounts.FindAsync(caller, id, cancellationToken) is not { } account) return (null, Problems.NotFound("account"));
        if (account.PausedUntil is { } until && until > clock.GetUtcNow()) return (null, Problems.Of(
            StatusCodes.Status503ServiceUnavailable, "rate_limited", "Meta limits the account's calls.", ("until", until)));
        var reply = await graph.AskAsync(id, account.LoginType, account.ProtectedToken, call, cancellationToken);
        if (CallLimit.Of(reply.Verdict, reply.Usage) is { } limit)
            await HoldBacks.ApplyAsync(unitOfWork, id, account.ProtectedToken, limit, clock, cancellationToken);
        return reply.IsSuccess ? (reply, null) : (null, ProblemOf(reply));
    }

    /// <summary>What Meta refuses is the caller's to change; what it did not answer is nobody's.</summary>
    private static ProblemHttpResult ProblemOf(GraphReply reply) => reply.Verdict switch
    {
        Verdict.Rejected rejected => Problems.Of(StatusCodes.Status422UnprocessableEntity, rejected.Code, rejected.Message),
        Verdict.Later later => Problems.Of(StatusCodes.Status503ServiceUnavailable, later.Code, later.Message),
        _ => Problems.Of(
            StatusCodes.Status503ServiceUnavailable, "meta_unavailable", $"{reply.Fault ?? "Meta had an internal error"}. Ask again."),
    };

    /// <summary>
    /// Meta shows the nested form, and its samples also a flat one; what is neither counts as nothing, and hides nothing beside it.
    /// </summary>
    private static List<GraphProfile.Item> ItemsOf(ReadOnlyMemory<byte> body, string part)
    {
        using var document = GraphJson.Parse(body);
        var parts = GraphJson.List(document?.RootElement, "data").SelectMany(data => GraphJson.List(data, part)).ToList();
        var nested = parts.SelectMany(entry => GraphJson.List(entry, "call_to_actions")).ToList();
        return (nested.Count > 0 ? nested : parts).FindAll(CanBeTapped).ConvertAll(item => new GraphProfile.Item(
            GraphJson.Text(item, "question"),
            GraphJson.Text(item, "payload"),
            GraphJson.Text(item, "type"),
            GraphJson.Text(item, "title"),
            GraphJson.Text(item, "url")));
    }

    private static bool CanBeTapped(JsonElement item) =>
        GraphJson.Text(item, "payload") is not null || GraphJson.Text(item, "url") is not null;
}
