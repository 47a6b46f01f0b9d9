using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Sender.Graph;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Sender.Greetings;

/// <summary><c>/api/v1/accounts/{account_id}/persistent-menu</c>: what a customer can always tap in the thread.</summary>
internal static class PersistentMenu
{
    private const string Part = "persistent_menu";
    private const int Most = 20;

    public static void MapPersistentMenu(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/accounts/{account_id}/persistent-menu").WithTags("Accounts")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .Refuses(StatusCodes.Status503ServiceUnavailable, "rate_limited", "meta_unavailable");
        group.MapGet("", GetAsync).Needs(Scopes.Read).WithSummary("The menu, as Instagram has it.");
        group.MapPut("", PutAsync).Needs(Scopes.Manage).Audited(AuditActions.PersistentMenuReplaced)
            .WithSummary("Replaces the menu.");
        group.MapDelete("", DeleteAsync).Needs(Scopes.Manage).Audited(AuditActions.PersistentMenuRemoved)
            .WithSummary("Removes the menu.");
    }

    private static async Task<Results<Ok<Menu>, ProblemHttpResult>> GetAsync(
        AccountId account_id, Caller caller, MessengerProfile profile, CancellationToken cancellationToken)
    {
        var (items, problem) = await profile.ReadAsync(caller, account_id, Part, cancellationToken);
        if (problem is not null) return problem;
        return TypedResults.Ok(new Menu([.. items.Select(item => new MenuItem(
            item.Url is null ? "postback" : "url", item.Title, item.Payload, item.Url))]));
    }

    private static async Task<Results<Ok<Menu>, ProblemHttpResult>> PutAsync(
        AccountId account_id,
        Menu menu,
        Caller caller,
        AuditTrail audit,
        MessengerProfile profile,
        CancellationToken cancellationToken)
    {
        var wrong = new List<(string, string)>();
        var items = menu.Items ?? [];
        TapRules.Count("items", items.Count, Most, wrong);
        for (var n = 0; n < items.Count; n++)
        {
            if (items[n] is { } item) Check(item, $"items[{n}]", wrong);
            else wrong.Add(($"items[{n}]", TapRules.NoObject));
        }

        if (wrong.Count > 0) return Problems.Invalid([.. wrong]);
        var part = new GraphProfile.Part([.. items.Select(item => item!.Type == "url"
            ? new GraphProfile.Item(Type: "web_url", Title: item.Title, Url: item.Url)
            : new GraphProfile.Item(Type: "postback", Title: item.Title, Payload: item.Payload))]);
        var changes = new AuditChanges().With(Part, null, items);
        var written = new GraphProfile(PersistentMenu: [part]);
        if (await profile.WriteAsync(caller, account_id, written, audit, changes, cancellationToken) is { } problem) return problem;
        return TypedResults.Ok(menu);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        AccountId account_id, Caller caller, AuditTrail audit, MessengerProfile profile, CancellationToken cancellationToken)
    {
        if (await profile.RemoveAsync(caller, account_id, Part, audit, cancellationToken) is { } problem) return problem;
        return TypedResults.NoContent();
    }

    private static void Check(MenuItem item, string path, List<(string Field, string Error)> wrong)
    {
        TapRules.Text($"{path}.title", item.Title, TapRules.MostTitle, wrong);
        switch (item.Type)
        {
            case "url" when item.Payload is not null: wrong.Add(($"{path}.payload", "Does not belong to an item of this type.")); break;
            case "url" when !(Uri.TryCreate(item.Url, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps):
                wrong.Add(($"{path}.url", "Must be an absolute https URL."));
                break;
            case "url": break;
            case "postback" when item.Url is not null: wrong.Add(($"{path}.url", "Does not belong to an item of this type.")); break;
            case "postback": TapRules.Text($"{path}.payload", item.Payload, TapRules.MostPayload, wrong); break;
            default: wrong.Add(($"{path}.type", "Must be url or postback.")); break;
        }
    }

    /// <param name="Items">1 to 20.</param>
    internal sealed record Menu(IReadOnlyList<MenuItem?>? Items);

    /// <param name="Type"><c>postback</c> or <c>url</c>.</param>
    /// <param name="Title">What it says.</param>
    /// <param name="Payload">What the postback carries.</param>
    /// <param name="Url">The page that it opens.</param>
    internal sealed record MenuItem(string? Type, string? Title, string? Payload = null, string? Url = null);
}
