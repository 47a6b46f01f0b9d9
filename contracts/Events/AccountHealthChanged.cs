using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Events;

/// <summary>How an account stands is not as it was told last.</summary>
/// <param name="Health">The health as <c>GET /api/v1/accounts/{id}/health</c> answers it: a JSON object, in UTF-8.</param>
public sealed record AccountHealthChanged(AccountId AccountId, byte[] Health);
