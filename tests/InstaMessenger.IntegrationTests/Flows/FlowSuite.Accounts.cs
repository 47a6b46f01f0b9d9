using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Accounts;
using InstaMessenger.Simulator.Meta.Faults;

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
        shop.Meta.OtherFaults.Next(Fault.ServerError(accepted: false), account: stranger);

        (await LinkAsync(stranger, "IGAA-" + stranger)).ExpectProblem(503, "meta_unavailable");
        (await Admin.GetAsync("/api/v1/accounts?limit=200")).Expect(200).ToJsonString().ShouldNotContain(stranger);
        (await LinkAsync(stranger, "IGAA-" + stranger)).Expect(201);
    }

    private Task<Answer> LinkAsync(string instagramId, string token, string? channel = null, ApiClient? client = null) =>
        (client ?? Admin).PostAsync("/api/v1/accounts", new
        {
            instagram_account_id = instagramId, messaging_channel_id = channel, username = "shop", access_token = token,
        });
}
