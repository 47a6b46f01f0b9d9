using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Simulator.Meta.Accounts;
using InstaMessenger.Simulator.Meta.Faults;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>An account's life: linking proves ownership.</summary>
public abstract partial class FlowSuite
{
    [Fact]
    public async Task A_pasted_token_must_be_of_the_account_that_is_linked()
    {
        var (shop, other) = (await OpenShopAsync(), await OpenShopAsync());
        var stranger = Shop.NewNumber();
        shop.Meta.Accounts.SetToken(shop.InstagramId, "IGAA-dead-" + shop.InstagramId, TokenState.Expired);

        (await LinkAsync(stranger, "IGAA-nobody-knows")).ExpectProblem(422, "token_invalid");
        (await LinkAsync(shop.InstagramId, "IGAA-dead-" + shop.InstagramId)).ExpectProblem(422, "token_invalid");
        (await LinkAsync(stranger, shop.Token)).ExpectProblem(422, "token_of_another_account")
            .At("errors.instagram_account_id").ShouldNotBeNull();
        (await LinkAsync(shop.InstagramId, shop.Token, channel: other.InstagramId)).ExpectProblem(422, "token_of_another_account")
            .At("errors.messaging_channel_id").ShouldNotBeNull();

        // Linked again by its owner it is the same account.
        var again = (await LinkAsync(shop.InstagramId, shop.Token)).Expect(200);
        (again.Text("id"), again.Text("username")).ShouldBe((shop.AccountId, $"shop{shop.InstagramId}"));
        var customer = await shop.NewWriterAsync();
        (await shop.SendAsync(customer, "still here")).Expect(200).Text("status").ShouldBe("sent");
    }

    [Fact]
    public async Task While_Meta_is_away_nothing_is_linked_and_nothing_is_changed()
    {
        var shop = await OpenShopAsync();
        var stranger = Shop.NewNumber();
        shop.Meta.Accounts.Add(new SimulatedAccount(stranger, "IGAA-" + stranger));
        shop.Meta.AccountFaults.Next(Fault.ServerError(accepted: false), account: stranger);

        (await LinkAsync(stranger, "IGAA-" + stranger)).ExpectProblem(503, "meta_unavailable");
        (await Admin.GetAsync("/api/v1/accounts?limit=200")).Expect(200).ToJsonString().ShouldNotContain(stranger);
        (await LinkAsync(stranger, "IGAA-" + stranger)).Expect(201);
    }

    [Fact]
    public async Task A_linked_account_is_subscribed_and_says_how_it_stands()
    {
        var shop = await OpenShopAsync();

        var health = (await shop.Api.PostAsync($"/api/v1/accounts/{shop.AccountId}/health/check")).Expect(200);

        shop.Meta.Accounts.Subscriptions(shop.InstagramId).ShouldContain("message_echoes");
        (health.Text("status"), health.Text("token.state"), health.At("subscription.missing")!.AsArray().Count)
            .ShouldBe(("healthy", "valid", 0), health.ToJsonString());
        health.Items("subscription.fields").Select(field => field.ToString()).ShouldContain("messages");
        string[] members = ["last_webhook_at", "last_sent_at", "sending", "quarantined", "completeness", "profile_cache", "next_step"];
        members.Where(member => !health.AsObject().ContainsKey(member)).ShouldBeEmpty();
        (await Admin.GetAsync("/api/v1/health/accounts?limit=200")).Expect(200).ToJsonString().ShouldContain(shop.AccountId);

        (await shop.Api.DeleteAsync($"/api/v1/accounts/{shop.AccountId}")).Expect(204);
        await Until.TrueAsync(
            () => shop.Meta.Accounts.Subscriptions(shop.InstagramId).Count == 0, Patience.Long, () => "a subscription is left");
    }

    [Fact]
    [InEveryForm]
    public async Task A_dead_token_pauses_sending_receiving_goes_on_and_what_waits_goes_out_after_connecting_again()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        shop.Meta.Accounts.SetAllTokens(shop.InstagramId, TokenState.Revoked);

        var waiting = (await shop.SendAsync(customer, "it waits", ("Prefer", "respond-async"))).Expect(202);
        var told = (await shop.Events.WaitForAsync(tapped => tapped.Type == "account.health"))[0];
        (told.Event.Text("data.health.status"), told.Event.Text("data.health.sending.state"), told.Event.Text("data.health.token.state"))
            .ShouldBe(("action_needed", "paused", "invalid"));
        await shop.ReceivedAsync(await customer.SayAsync("are you there?"));
        // Another call may have met the token first, while this send was under way.
        await Until.TrueAsync(
            async () => (await shop.MessageAsync(waiting.Text("message_id")!)).Text("status") == "pending",
            Patience.Long,
            () => "the send does not wait");
        shop.Meta.AcceptedCount(customer.Igsid, "it waits").ShouldBe(0);

        await shop.RelinkAsync();

        await shop.BecameAsync(waiting.Text("message_id")!, "sent");
        shop.Meta.AcceptedCount(customer.Igsid, "it waits").ShouldBe(1);
    }

    private Task<Answer> LinkAsync(string instagramId, string token, string? channel = null, ApiClient? client = null) =>
        (client ?? Admin).PostAsync("/api/v1/accounts", new
        {
            instagram_account_id = instagramId, messaging_channel_id = channel, username = "shop", access_token = token,
        });
}
