using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Json;

namespace InstaMessenger.Store.Audit;

/// <summary>An entry of the audit log.</summary>
/// <param name="Id"><c>aud_…</c>.</param>
/// <param name="At">When it was done (UTC).</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Action">What was done, like <c>user.created</c>.</param>
/// <param name="Target">The id of what was acted on; null when it has none.</param>
/// <param name="AccountId">The account that it concerns; null when it concerns none in particular.</param>
/// <param name="Ip">The address that the request came from.</param>
/// <param name="RequestId">The request's <c>X-Request-Id</c>.</param>
/// <param name="Changes">
/// Each field that changed, with its <c>old</c> and <c>new</c> value. Of a secret it says only that it changed, of an
/// address only the host.
/// </param>
internal sealed record AuditView(
    string Id,
    DateTimeOffset At,
    AuditActor Actor,
    string Action,
    string? Target,
    AccountId? AccountId,
    string? Ip,
    string? RequestId,
    RawJson? Changes)
{
    public static AuditView Of(AuditEntry row) => new(
        row.Id,
        row.At,
        new AuditActor(row.ActorType, row.ActorId, row.ActorName, row.UserId),
        row.Action,
        row.Target,
        row.AccountId,
        row.Address,
        row.RequestId,
        RawJson.Of(row.Changes));
}

/// <summary>Who did something.</summary>
/// <param name="Type"><c>user</c> or <c>api_key</c>.</param>
/// <param name="Id">The user's or key's id.</param>
/// <param name="Name">The username or the key's name, as it was then.</param>
/// <param name="UserId">The user, or the owner of the key.</param>
internal sealed record AuditActor(string Type, string Id, string? Name, string UserId);
