using System.Net;
using System.Text;
using InstaMessenger.Simulator.Meta.Accounts;

namespace InstaMessenger.Simulator.Meta.Login;

/// <summary>
/// Meta's login pages, to click through: <c>/oauth/authorize</c> (Instagram Login) and <c>/{version}/dialog/oauth</c> (Facebook Login). Who
/// clicks is the owner of the account that is chosen.
/// </summary>
internal static class LoginPages
{
    public static void MapLogin(this IEndpointRouteBuilder app, MetaStandIn meta)
    {
        app.MapGet("/oauth/authorize", (HttpContext http) => Show(http, meta, GraphHost.Instagram));
        app.MapGet("/{version}/dialog/oauth", (HttpContext http) => Show(http, meta, GraphHost.Facebook));
        app.MapGet("/login/approve", (HttpContext http) => Approve(http, meta));
        app.MapPost("/oauth/access_token", (HttpContext http, CancellationToken _) => LoginCalls.RedeemAsync(http, meta));
        app.MapGet("/access_token", (HttpContext http) => LoginCalls.ExchangeAsync(http, meta));
        app.MapGet("/{version}/oauth/access_token", (HttpContext http) => LoginCalls.FacebookTokenAsync(http, meta));
        app.MapGet("/{version}/me/accounts", (HttpContext http) => LoginCalls.PagesAsync(http, meta));
        app.MapGet("/{version}/me/permissions", (HttpContext http) => LoginCalls.PermissionsAsync(http, meta));
    }

    private static IResult Show(HttpContext http, MetaStandIn meta, GraphHost host)
    {
        var query = http.Request.Query;
        if (query["client_id"].Count == 0 || query["state"].Count == 0 || !Uri.TryCreate(query["redirect_uri"], UriKind.Absolute, out _))
            return Results.Text("Invalid platform app", statusCode: StatusCodes.Status400BadRequest);
        var page = new StringBuilder("<!doctype html><meta charset=utf-8><title>Log in (simulated)</title>")
            .Append("<style>body{font:16px system-ui;max-width:30rem;margin:3rem auto}a{display:block;margin:.75rem 0}</style>")
            .Append($"<h1>{(host == GraphHost.Instagram ? "Instagram" : "Facebook")} (simulated)</h1>")
            .Append("<p>An app wants to manage messages. Choose whose owner you are:</p>");
        foreach (var account in meta.Accounts.All.Where(account => account.Login == host))
            Link($"Allow for @{account.Username}", ("account", account.Id));
        Link("Allow, but not to manage messages", ("account", meta.Accounts.All.FirstOrDefault(a => a.Login == host)?.Id ?? ""),
            ("without", "messages"));
        if (host == GraphHost.Facebook) Link("Allow, but share no Page", ("account", ""));
        Link("Cancel", ("deny", "1"));
        return Results.Text(page.ToString(), "text/html; charset=utf-8");

        void Link(string text, params (string Name, string Value)[] more)
        {
            var kept = new[] { "client_id", "redirect_uri", "state" }.Select(name => (name, query[name].ToString()))
                .Append(("host", host.ToString())).Concat(more);
            var target = "/login/approve?" + string.Join('&', kept.Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2)}"));
            page.Append($"<a href=\"{WebUtility.HtmlEncode(target)}\">{WebUtility.HtmlEncode(text)}</a>");
        }
    }

    private static IResult Approve(HttpContext http, MetaStandIn meta)
    {
        var query = http.Request.Query;
        var (back, state) = (query["redirect_uri"].ToString(), Uri.EscapeDataString(query["state"].ToString()));
        if (query["deny"] == "1") return Results.Redirect(
            $"{back}?error=access_denied&error_reason=user_denied&error_description=The+user+denied+your+request.&state={state}");
        var code = meta.Logins.Issue(new LoginGrant(
            query["account"].ToString(), query["client_id"].ToString(), back, Enum.Parse<GraphHost>(query["host"].ToString()),
            WithoutMessages: query["without"] == "messages"));
        // Instagram appends this fragment, which is no part of the code.
        return Results.Redirect($"{back}?code={code}&state={state}#_");
    }
}
