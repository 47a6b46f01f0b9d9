using InstaMessenger.Simulator.Meta;
using InstaMessenger.Simulator.Meta.Accounts;

namespace InstaMessenger.Simulator.Control;

/// <summary>
/// What Meta knows: <c>POST /control/accounts</c>, <c>POST …/{id}/tokens</c>, <c>POST …/{id}/callbacks/{callback}</c>,
/// <c>PUT …/{id}/subscriptions</c>.
/// </summary>
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
        control.MapPost("/accounts/{id}/callbacks/{callback}", async (string id, string callback) =>
        {
            if (callback is not ("deauthorize" or "data-deletion") || meta.Accounts.All.FirstOrDefault(a => a.Id == id) is not { } account)
                return Results.NotFound();
            var (status, body) = await meta.Webhooks.CallBackAsync(callback, account.AppScopedId ?? account.Id);
            return Results.Ok(new { Status = status, Body = body });
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
