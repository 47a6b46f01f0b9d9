using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Events;

/// <summary>Says that a service keeps nothing more of what was to be erased.</summary>
/// <param name="Round">The round of the command.</param>
/// <param name="Service"><c>sender</c> or <c>crm-forwarder</c>.</param>
/// <param name="Rows">How many sends or deliveries, and dead letters, it has erased in this round.</param>
public sealed record DataErased(string ErasureId, int Round, AccountId AccountId, string Service, int Rows);
