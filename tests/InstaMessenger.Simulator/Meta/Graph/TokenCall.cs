using System.Text.Json.Nodes;
using InstaMessenger.Simulator.Meta.Accounts;

namespace InstaMessenger.Simulator.Meta.Graph;

/// <summary>A long-lived Instagram token is exchanged for one that lives 60 days more.</summary>
internal static class TokenCall
{
    public static Task RefreshAsync(GraphContext call)
    {
        if (call.Http.Request.Query["grant_type"] != "ig_refresh_token")
            return call.RefuseAsync(GraphError.Invalid("Param grant_type must be ig_refresh_token."));
        var token = $"IGAA{Guid.CreateVersion7(call.Meta.Clock.GetUtcNow()):N}";
        call.Meta.Accounts.SetToken(call.Account!.Id, token, TokenState.Valid);
        return call.AnswerAsync(new JsonObject { ["access_token"] = token, ["token_type"] = "bearer", ["expires_in"] = 5_183_944 });
    }
}
