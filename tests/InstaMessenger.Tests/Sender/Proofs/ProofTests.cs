using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Sender.Proofs;

/// <summary>What Meta's <c>GET /me</c> says of a token that somebody wants to link.</summary>
public sealed class ProofTests : SenderTests
{
    [Theory]
    // The documentation shows it wrapped in a list, and ids come as texts and as numbers (meta-platform.md 2.1, 5.1).
    [InlineData("""{"id":"27841400000000001","user_id":"17841400000000001","username":"shop","name":"The shop"}""")]
    [InlineData("""{"data":[{"id":27841400000000001,"user_id":17841400000000001,"username":"shop","name":"The shop"}]}""")]
    public async Task With_Instagram_Login_the_id_that_webhooks_carry_is_the_accounts_and_the_apps_own_is_kept_beside_it(string me)
    {
        Graph.Own = context => FakeGraph.Json(context, 200, me);

        var owner = (await AskAsync(LoginType.Instagram)).Accounts.ShouldHaveSingleItem();

        (owner.InstagramAccountId.Value, owner.AppScopedId, owner.PageId, owner.Username, owner.Name)
            .ShouldBe(("17841400000000001", "27841400000000001", null, "shop", "The shop"));
        var call = await Graph.OwnCalls.Reader.ReadAsync(Patience.Token());
        (call.Path, call.Authorization).ShouldBe(("GET /v26.0/me", "Bearer IGTOKEN"));
    }

    [Fact]
    public async Task With_Facebook_Login_the_Page_names_its_Instagram_account()
    {
        Graph.Own = context => FakeGraph.Json(
            context, 200, """{"id":"1000","name":"A page","instagram_business_account":{"id":"17841400000000001","username":"shop"}}""");

        var owner = (await AskAsync(LoginType.Facebook)).Accounts.ShouldHaveSingleItem();

        (owner.InstagramAccountId.Value, owner.AppScopedId, owner.PageId, owner.Username)
            .ShouldBe(("17841400000000001", null, "1000", "shop"));
    }

    [Theory]
    [InlineData(401, """{"error":{"code":190,"error_subcode":463}}""", AccessOutcome.Refused, "token_invalid")]
    [InlineData(400, """{"error":{"code":102}}""", AccessOutcome.Refused, "token_invalid")]
    [InlineData(403, """{"error":{"code":200}}""", AccessOutcome.Refused, "permission_missing")]
    [InlineData(200, """{"id":"1","name":"a Page without an account"}""", AccessOutcome.Refused, "token_of_another_account")]
    [InlineData(429, """{"error":{"code":613}}""", AccessOutcome.Unavailable, "rate_limited")]
    [InlineData(500, "<html>Sorry</html>", AccessOutcome.Unavailable, "meta_unavailable")]
    [InlineData(400, """{"error":{"code":99999}}""", AccessOutcome.Unavailable, "meta_unavailable")]
    public async Task A_refusal_is_about_the_token_and_trouble_of_Metas_is_not(int status, string me, AccessOutcome outcome, string code)
    {
        await Host.LinkAsync();
        // The account's own token is well.
        var own = Graph.Own;
        Graph.Own = context => context.Request.Path == "/v26.0/me" ? FakeGraph.Json(context, status, me) : own(context);

        var answer = await AskAsync(LoginType.Instagram);

        (answer.Outcome, answer.Code).ShouldBe((outcome, code));
        // It was another token that was tried, perhaps by a stranger: the account that is linked sends on.
        await Host.SendAsync(Host.Text("1"));
        (await Host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Sent);
    }

    [Fact]
    public async Task A_question_that_nobody_waits_for_any_more_is_not_asked()
    {
        Graph.Own = context => FakeGraph.Json(context, 200, """{"user_id":"17841400000000001"}""");
        await Host.ProveAsync(Question("old", LoginType.Instagram) with { AskedAt = Host.Clock.GetUtcNow().AddMinutes(-1) });
        await Host.ProveAsync(Question("new", LoginType.Instagram));

        (await Host.Proofs.Reader.ReadAsync(Patience.Token())).QuestionId.ShouldBe("new");
        await Graph.OwnCalls.Reader.ReadAsync(Patience.Token());
        Graph.OwnCalls.Reader.TryRead(out _).ShouldBeFalse();
    }

    private async Task<AccessProven> AskAsync(LoginType login)
    {
        await Host.ProveAsync(Question("1", login));
        return await Host.Proofs.Reader.ReadAsync(Patience.Token());
    }

    private ProveAccess Question(string id, LoginType login)
    {
        var token = Host.Services.GetRequiredService<SecretProtector>().Protect(SecretPurpose.AccessToken, SenderHost.Account, "IGTOKEN");
        return new ProveAccess(id, SenderHost.Account, login, token, Host.Clock.GetUtcNow());
    }
}
