using System.Security.Cryptography;
using System.Text.Json.Nodes;
using InstaMessenger.Simulator.Meta.Accounts;
using InstaMessenger.Simulator.Meta.Faults;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.Simulator.Meta.Graph;

/// <summary>One call: who calls, and how it is answered.</summary>
internal sealed class GraphContext(HttpContext http, MetaStandIn meta, GraphHost? prefix)
{
    public HttpContext Http { get; } = http;

    public MetaStandIn Meta { get; } = meta;

    public SimulatedAccount? Account { get; private set; }

    /// <summary>The host named by the path's prefix, else the one that fits the token.</summary>
    public GraphHost Host => prefix ?? Account?.Login ?? GraphHost.Instagram;

    public int? Code { get; private set; }

    public bool Aborted { get; private set; }

    public GraphError? Authenticate()
    {
        var header = Http.Request.Headers.Authorization.ToString();
        var token = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? header["Bearer ".Length..].Trim()
            : Http.Request.Query["access_token"].ToString();
        if (Meta.Accounts.ByToken(token) is not { } held) return GraphError.UnknownToken;
        Account = held.Account;
        // An Instagram token means nothing to graph.facebook.com, and the other way round.
        if (prefix is not null && prefix != held.Account.Login) return GraphError.UnknownToken;
        return held.State switch
        {
            TokenState.Expired => GraphError.ExpiredToken,
            TokenState.Revoked => GraphError.RevokedToken,
            _ => null,
        };
    }

    public Task AnswerAsync(JsonNode body, int status = 200)
    {
        Http.Response.StatusCode = status;
        Http.Response.ContentType = "application/json; charset=UTF-8";
        Http.Response.Headers["facebook-api-version"] = "v26.0";
        var bytes = MetaJson.Bytes(body);
        Http.Response.ContentLength = bytes.Length;
        return Http.Response.Body.WriteAsync(bytes).AsTask();
    }

    public Task RefuseAsync(GraphError error)
    {
        Code = error.Code;
        var body = new JsonObject
        {
            ["message"] = error.Message,
            ["type"] = Host == GraphHost.Instagram ? "IGApiException" : "OAuthException",
            ["code"] = error.Code,
        };
        if (error.Subcode is { } subcode) body["error_subcode"] = subcode;
        if (error.Transient is { } transient) body["is_transient"] = transient;
        body["fbtrace_id"] = "A" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789_-", 22);
        return AnswerAsync(new JsonObject { ["error"] = body }, error.Status);
    }

    /// <summary>Cuts the connection: with nothing written yet the caller sees a reset, not an answer.</summary>
    public void Abort()
    {
        Aborted = true;
        Http.Abort();
    }

    public void AddUsage(Fault fault)
    {
        if (fault.RetryAfter is { } retryAfter) Http.Response.Headers.RetryAfter = retryAfter;
        if (fault.UsagePercent is not { } percent) return;
        var usage = new JsonObject { ["call_count"] = percent, ["total_cputime"] = percent / 4, ["total_time"] = percent / 4 };
        Http.Response.Headers["x-app-usage"] = usage.ToJsonString();
        if (fault.Code == 4) return;
        usage.Insert(0, "type", Host == GraphHost.Instagram ? "instagram" : "messenger");
        usage["estimated_time_to_regain_access"] = fault.RegainMinutes;
        Http.Response.Headers["x-business-use-case-usage"] = new JsonObject { [Account?.Id ?? "0"] = new JsonArray(usage) }.ToJsonString();
    }
}
