using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Sender.Graph;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.Proofs;

/// <summary>
/// Redeems a code of Meta's login page: for a token, for a long-lived one in its place, and for the accounts that it is of
/// (meta-platform.md 5.3).
/// </summary>
internal sealed class LoginRedemption(
    LoginClient login, SecretProtector secrets, IOptions<InstagramApps> apps, IOptions<GraphOptions> graph, TimeProvider clock)
{
    public async Task<AccessProven> RedeemAsync(RedeemCode question, CancellationToken cancellationToken)
    {
        var app = apps.Value.Apps.FirstOrDefault(entry => entry.AppId == question.AppId);
        if (app is null) return ProofAnswer.Unavailable(
            question.QuestionId, "app_not_configured", "The sender does not know the Meta app: give it the same Instagram:Apps.", clock);
        var code = secrets.Unprotect(SecretPurpose.LoginCode, question.AccountId, question.ProtectedCode);
        return question.LoginType == LoginType.Facebook
            ? await OfFacebookAsync(question, app, code, cancellationToken)
            : await OfInstagramAsync(question, app, code, cancellationToken);
    }

    private async Task<AccessProven> OfInstagramAsync(
        RedeemCode question, InstagramApp app, string code, CancellationToken cancellationToken)
    {
        var redeemed = await login.RedeemAsync(app.AppId, app.AppSecret, code, question.RedirectUri, cancellationToken);
        if (!redeemed.IsSuccess) return ProofAnswer.OfReply(question.QuestionId, redeemed, clock);
        using var first = GraphJson.Parse(redeemed.Body);
        // The documentation shows it wrapped in a list as well.
        var wrapped = GraphJson.List(first?.RootElement, "data");
        var granted = wrapped.Count > 0 ? wrapped[0] : first?.RootElement;
        if (GraphJson.Text(granted, "access_token") is not { } brief) return Unreadable(question);
        if (Permissions(granted) is { Count: > 0 } permissions && !permissions.Contains("instagram_business_manage_messages"))
            return NotAllowed(question);

        var at = clock.GetUtcNow();
        var exchanged = await login.GetAsync(
            LoginType.Instagram,
            "/access_token",
            token: null,
            cancellationToken,
            ("grant_type", "ig_exchange_token"),
            ("client_secret", app.AppSecret),
            ("access_token", brief));
        if (!exchanged.IsSuccess) return ProofAnswer.OfReply(question.QuestionId, exchanged, clock);
        if (TokenBody.Of(exchanged.Body, at) is not { } token) return Unreadable(question);
        var me = await login.GetAsync(
            LoginType.Instagram,
            $"/{graph.Value.GraphVersion}/me",
            token.Token,
            cancellationToken,
            ("fields", TokenOwner.FieldsOf(LoginType.Instagram)));
        if (!me.IsSuccess) return ProofAnswer.OfReply(question.QuestionId, me, clock);
        return TokenOwner.Of(LoginType.Instagram, me.Body) is { } owner
            ? Proven(question, [Sealed(question, owner, token.Token, token.ExpiresAt)])
            : ProofAnswer.Refused(
                question.QuestionId,
                "account_type_not_supported",
                "Meta names no professional account. Switch it to a business or creator account in the Instagram app, then connect it.",
                clock);
    }

    private async Task<AccessProven> OfFacebookAsync(
        RedeemCode question, InstagramApp app, string code, CancellationToken cancellationToken)
    {
        var version = graph.Value.GraphVersion;
        var redeemed = await login.GetAsync(
            LoginType.Facebook,
            $"/{version}/oauth/access_token",
            token: null,
            cancellationToken,
            ("client_id", app.AppId),
            ("client_secret", app.AppSecret),
            ("redirect_uri", question.RedirectUri),
            ("code", code));
        if (!redeemed.IsSuccess) return ProofAnswer.OfReply(question.QuestionId, redeemed, clock);
        if (TokenBody.Of(redeemed.Body, clock.GetUtcNow()) is not { } brief) return Unreadable(question);
        var exchanged = await login.GetAsync(
            LoginType.Facebook,
            $"/{version}/oauth/access_token",
            token: null,
            cancellationToken,
            ("grant_type", "fb_exchange_token"),
            ("client_id", app.AppId),
            ("client_secret", app.AppSecret),
            ("fb_exchange_token", brief.Token));
        if (!exchanged.IsSuccess) return ProofAnswer.OfReply(question.QuestionId, exchanged, clock);
        if (TokenBody.Of(exchanged.Body, clock.GetUtcNow()) is not { } user) return Unreadable(question);
        var granted = await login.GetAsync(LoginType.Facebook, $"/{version}/me/permissions", user.Token, cancellationToken);
        if (granted.IsSuccess && Lacks(granted.Body, "instagram_manage_messages")) return NotAllowed(question);

        var pages = await login.GetAsync(
            LoginType.Facebook,
            $"/{version}/me/accounts",
            user.Token,
            cancellationToken,
            ("fields", "id,name,access_token,tasks,instagram_business_account{id,username,name,profile_picture_url}"),
            ("limit", "100"));
        if (!pages.IsSuccess) return ProofAnswer.OfReply(question.QuestionId, pages, clock);
        return OfPages(question, pages.Body, await PersonAsync(user.Token, cancellationToken));
    }

    /// <summary>Asks who logged in: Meta's callbacks name the person. Without an answer the account is connected all the same.</summary>
    private async Task<string?> PersonAsync(string token, CancellationToken cancellationToken)
    {
        var me = await login.GetAsync(LoginType.Facebook, $"/{graph.Value.GraphVersion}/me", token, cancellationToken, ("fields", "id"));
        if (!me.IsSuccess) return null;
        using var document = GraphJson.Parse(me.Body);
        return GraphJson.Text(document?.RootElement, "id") is { Length: <= 40 } id ? id : null;
    }

    private AccessProven OfPages(RedeemCode question, ReadOnlyMemory<byte> body, string? person)
    {
        using var document = GraphJson.Parse(body);
        var pages = GraphJson.List(document?.RootElement, "data");
        if (pages.Count == 0) return ProofAnswer.Refused(
            question.QuestionId,
            "no_page",
            "No Facebook Page was shared. Connect again, and choose the Page that the Instagram account is linked to.",
            clock);
        // A Page's token has no fixed end.
        List<ProvenAccount> accounts = [.. pages.Select(page => (Page: page, Owner: TokenOwner.Of(LoginType.Facebook, page)))
            .Where(pair => pair.Owner is not null && GraphJson.Text(pair.Page, "access_token") is not null)
            .Select(pair => Sealed(question, pair.Owner!, GraphJson.Text(pair.Page, "access_token")!, expiresAt: null))
            .Select(account => account with { LoginUserId = person })];
        return accounts.Count > 0 ? Proven(question, accounts) : ProofAnswer.Refused(
            question.QuestionId,
            "no_instagram_account",
            "None of the Pages has an Instagram professional account. Link it in the Page's settings, then connect again.",
            clock);
    }

    private ProvenAccount Sealed(RedeemCode question, ProvenAccount owner, string token, DateTimeOffset? expiresAt) => owner with
    {
        ProtectedAccessToken = secrets.Protect(SecretPurpose.AccessToken, question.AccountId, token), TokenExpiresAt = expiresAt,
    };

    private AccessProven Proven(RedeemCode question, IReadOnlyList<ProvenAccount> accounts) =>
        new(question.QuestionId, AccessOutcome.Proven, accounts, null, null, clock.GetUtcNow());

    private AccessProven Unreadable(RedeemCode question) =>
        ProofAnswer.Unavailable(question.QuestionId, "meta_unavailable", "Meta's answer cannot be read. Connect again.", clock);

    private AccessProven NotAllowed(RedeemCode question) => ProofAnswer.Refused(
        question.QuestionId,
        "permission_missing",
        "Managing messages was not allowed. Connect again, and leave every permission switched on.",
        clock);

    /// <summary>Reads a list, or a text with commas: both were seen.</summary>
    private static HashSet<string> Permissions(JsonElement? granted) => GraphJson.Text(granted, "permissions") is { } text
        ? [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]
        : [.. GraphJson.List(granted, "permissions").Where(name => name.ValueKind == JsonValueKind.String)
            .Select(name => name.GetString()!)];

    private static bool Lacks(ReadOnlyMemory<byte> body, string permission)
    {
        using var document = GraphJson.Parse(body);
        var rows = GraphJson.List(document?.RootElement, "data");
        return rows.Count > 0
            && !rows.Exists(row => GraphJson.Text(row, "permission") == permission && GraphJson.Text(row, "status") == "granted");
    }
}
