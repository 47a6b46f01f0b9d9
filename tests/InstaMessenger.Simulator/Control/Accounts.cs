using InstaMessenger.Simulator.Meta;
using InstaMessenger.Simulator.Meta.Accounts;

namespace InstaMessenger.Simulator.Control;

/// <summary>What Meta knows: <c>POST /control/accounts</c>, <c>POST …/{id}/tokens</c>, <c>PUT …/{id}/subscriptions</c>.</summary>
internal static class Accounts
{
    public static void MapAccounts(this IEndpointRouteBuilder control, MetaStandIn meta)
    {
        control.MapPost("/accounts", (SimulatedAccount account) =>
        {
            meta.Accounts.Add(account);
            return Results.NoContent();
        });
        control.MapPost("/accounts/{id}/tokens", (string id, Token token) =>
        {
            if (token.Value is { } value) meta.Accounts.SetToken(id, value, token.State);
            else meta.Accounts.SetAllTokens(id, token.State);
            return Results.NoContent();
        });
        control.MapPut("/accounts/{id}/subscriptions", (string id, string[] fields) =>
        {
            meta.Accounts.Subscribe(id, fields);
            return Results.NoContent();
        });
    }

    /// <param name="Value">Null for every token of the account.</param>
    /// <param name="State">The new state.</param>
    internal sealed record Token(string? Value, TokenState State);
}
