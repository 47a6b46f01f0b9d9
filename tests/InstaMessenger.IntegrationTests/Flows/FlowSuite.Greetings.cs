using System.Net.Http.Json;
using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Simulator.Meta.Faults;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>What customers see before they write, and how the account stands.</summary>
public abstract partial class FlowSuite
{
    [Theory]
    [InlineData("ice-breakers", """{"ice_breakers":[{"question":"When are you open?","payload":"HOURS"}]}""")]
    [InlineData(
        "persistent-menu",
        """
        {"items":[{"type":"postback","title":"Talk to us","payload":"HUMAN","url":null},
        {"type":"url","title":"Shop","payload":null,"url":"https://example.com/"}]}
        """)]
    public async Task What_can_be_tapped_is_written_shown_and_removed(string part, string body)
    {
        var shop = await OpenShopAsync();
        var path = $"/api/v1/accounts/{shop.AccountId}/{part}";
        var wanted = JsonNode.Parse(body)!;

        (await shop.Api.SendAsync(HttpMethod.Put, path, JsonContent.Create(wanted))).Expect(200);

        (await shop.Api.GetAsync(path)).Expect(200).ToJsonString().ShouldBe(wanted.ToJsonString());
        (await shop.Api.DeleteAsync(path)).Expect(204);
        (await shop.Api.GetAsync(path)).Expect(200).AsObject().Single().Value!.AsArray().Count.ShouldBe(0);
        shop.Meta.OtherFaults.Next(Fault.ServerError(accepted: false), account: shop.InstagramId, path: "/messenger_profile");
        (await shop.Api.GetAsync(path)).ExpectProblem(503, "meta_unavailable");
    }

    [Fact]
    public async Task A_limited_account_says_so_in_its_health_and_recovers()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        (await HealthAsync(shop)).Text("status").ShouldBe("healthy");
        shop.Meta.SendFaults.Next(Fault.RateLimit(regainMinutes: 0), account: shop.InstagramId);

        var sent = (await shop.SendAsync(customer, "hello", AtOnce)).Expect(202).Text("message_id")!;

        JsonNode health = null!;
        await Until.TrueAsync(
            async () => (health = await HealthAsync(shop)).Text("sending.state") == "paused",
            Patience.Long,
            () => health.ToJsonString());
        (health.Text("sending.reason"), health.Text("status")).ShouldBe(("rate_limited", "degraded"));
        await shop.BecameAsync(sent, "sent");
        (await HealthAsync(shop)).Text("sending.state").ShouldBe("running");
    }

    private static async Task<JsonNode> HealthAsync(Shop shop) =>
        (await shop.Api.GetAsync($"/api/v1/accounts/{shop.AccountId}/health")).Expect(200);
}
