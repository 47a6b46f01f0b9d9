using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Events;

/// <summary>Somebody did something that needs the right to manage: what the audit log says of it. It never holds a secret.</summary>
/// <param name="Id"><c>aud_…</c>, ordered by time to the millisecond; the same however often it is published.</param>
/// <param name="At">When it was done (UTC).</param>
/// <param name="ActorType"><c>user</c> or <c>api_key</c>.</param>
/// <param name="ActorId">The user's or key's id.</param>
/// <param name="UserId">The user, or the owner of the key.</param>
/// <param name="ActorName">The username or the key's name as it was then; null when it was not known.</param>
/// <param name="Action">A word like <c>user.created</c>.</param>
/// <param name="Target">The id of what was acted on; null when it has none.</param>
/// <param name="AccountId">The account that it concerns; null when it concerns none in particular.</param>
/// <param name="Address">The address that the request came from; null when it is not known.</param>
/// <param name="RequestId">The request's <c>X-Request-Id</c>.</param>
/// <param name="Changes">A JSON object: each field that changed with its <c>old</c> and <c>new</c> value.</param>
public sealed record ActionTaken(
    string Id,
    DateTimeOffset At,
    string ActorType,
    string ActorId,
    string UserId,
    string? ActorName,
    string Action,
    string? Target,
    AccountId? AccountId,
    string? Address,
    string? RequestId,
    string Changes);
