using System.Security.Cryptography;
using System.Text.Json.Nodes;
using InstaMessenger.Simulator.Meta.Accounts;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.Simulator.Meta.Login;

/// <summary>The calls by which an app turns a code into tokens. The secret of every app is the one that signs the webhooks.</summary>
internal static class LoginCalls
{
    private const int SixtyDays = 5_183_944;

    public static async Task<IResult> RedeemAsync(HttpContext http, MetaStandIn meta)
    {
        if (!http.Request.HasFormContentType) return Error("A form is wanted.");
        var form = await http.Request.ReadFormAsync();
        if (form["client_secret"] != meta.Webhooks.AppSecret) return Error("Error validating client secret.");
        if (form["grant_type"] != "authorization_code") return Error("Invalid grant_type.");
        if (meta.Logins.Redeem(form["code"].ToString()) is not { Host: GraphHost.Instagram } login
            || login.AppId != form["client_id"] || login.RedirectUri != form["redirect_uri"])
            return Error("Invalid authorization code");
        var account = meta.Accounts.Find(login.Account);
        return Answer(new JsonObject
        {
            ["access_token"] = meta.Logins.Token(login),
            // App-scoped, and a number: it matches no webhook.
            ["user_id"] = long.TryParse(account?.AppScopedId ?? account?.Id, out var id) ? id : 0,
            ["permissions"] = new JsonArray(
                [
                    "instagram_business_basic", .. login.WithoutMessages ? Array.Empty<JsonNode>() : ["instagram_business_manage_messages"],
                ]),
        });
    }

    public static IResult ExchangeAsync(HttpContext http, MetaStandIn meta)
    {
        var query = http.Request.Query;
        if (query["grant_type"] != "ig_exchange_token") return Error("Invalid grant_type.");
        if (query["client_secret"] != meta.Webhooks.AppSecret) return Error("Error validating client secret.");
        if (meta.Logins.OfToken(query["access_token"].ToString()) is not { } login) return Error("Invalid OAuth access token.", 190);
        return Answer(Token("IGAA", meta, login.Account));
    }

    /// <summary>A code into a token of an hour, or that into one of sixty days.</summary>
    public static IResult FacebookTokenAsync(HttpContext http, MetaStandIn meta)
    {
        var query = http.Request.Query;
        if (query["client_secret"] != meta.Webhooks.AppSecret) return Error("Error validating client secret.");
        var login = query["grant_type"] == "fb_exchange_token"
            ? meta.Logins.OfToken(query["fb_exchange_token"].ToString())
            : meta.Logins.Redeem(query["code"].ToString()) is { Host: GraphHost.Facebook } redeemed
                && redeemed.RedirectUri == query["redirect_uri"] ? redeemed : null;
        if (login is null || login.AppId != query["client_id"]) return Error("This authorization code has been used.");
        return Answer(new JsonObject
        {
            ["access_token"] = meta.Logins.Token(login), ["token_type"] = "bearer", ["expires_in"] = SixtyDays,
        });
    }

    public static IResult PagesAsync(HttpContext http, MetaStandIn meta)
    {
        if (Of(http, meta) is not { } login) return Error("Invalid OAuth access token.", 190);
        var account = meta.Accounts.Find(login.Account);
        if (account is null) return Answer(new JsonObject { ["data"] = new JsonArray() });
        var page = new JsonObject
        {
            ["id"] = account.PageId,
            ["name"] = account.Username,
            ["access_token"] = Token("EAA", meta, account.Id)["access_token"]!.GetValue<string>(),
            ["tasks"] = new JsonArray("MESSAGING", "MODERATE"),
        };
        if (account.PageId is not null && !account.Username.StartsWith("page_without", StringComparison.Ordinal))
            page["instagram_business_account"] = new JsonObject { ["id"] = account.Id, ["username"] = account.Username };
        return Answer(new JsonObject { ["data"] = new JsonArray(page) });
    }

    public static IResult PermissionsAsync(HttpContext http, MetaStandIn meta)
    {
        if (Of(http, meta) is not { } login) return Error("Invalid OAuth access token.", 190);
        return Answer(new JsonObject
        {
            ["data"] = new JsonArray(
                Permission("instagram_basic", granted: true), Permission("instagram_manage_messages", !login.WithoutMessages)),
        });

        static JsonObject Permission(string name, bool granted) =>
            new() { ["permission"] = name, ["status"] = granted ? "granted" : "declined" };
    }

    private static LoginGrant? Of(HttpContext http, MetaStandIn meta) =>
        meta.Logins.OfToken(http.Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.OrdinalIgnoreCase));

    private static JsonObject Token(string prefix, MetaStandIn meta, string account)
    {
        var token = prefix + RandomNumberGenerator.GetHexString(60);
        meta.Accounts.SetToken(account, token, TokenState.Valid);
        return new() { ["access_token"] = token, ["token_type"] = "bearer", ["expires_in"] = SixtyDays };
    }

    private static IResult Answer(JsonObject body) => Results.Bytes(MetaJson.Bytes(body), "application/json; charset=UTF-8");

    private static IResult Error(string message, int code = 100) => Results.Json(
        new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["type"] = "OAuthException", ["code"] = code } },
        statusCode: StatusCodes.Status400BadRequest);
}
