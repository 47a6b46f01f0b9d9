using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>What our code tells apart, the database tells apart as well, and the other way round.</summary>
public abstract partial class FlowSuite
{
    [Fact]
    public async Task Messages_whose_mids_are_nearly_the_same_are_all_there()
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        var mid = $"mid.{Shop.NewNumber()}a";
        string[] nearlyTheSame =
        [
            mid, mid.ToUpperInvariant(), mid + " ", mid + "  ", mid[..^1] + "\u00e4", mid[..^1] + "a\u0308", mid[..^1] + "\uff41",
            mid + "\u200b", mid + "\U0001F44B",
        ];

        foreach (var one in nearlyTheSame)
        {
            await shop.Meta.Webhooks.DeliverAsync(MetaPayloads.Envelope(
                shop.InstagramId, TimeProvider.System.GetUtcNow(), MetaPayloads.Text(
                    shop.InstagramId, customer.Igsid, one, $"text of {one}", TimeProvider.System.GetUtcNow())));
        }

        foreach (var one in nearlyTheSame) (await shop.ReceivedAsync(one)).Event.Text("data.message.text").ShouldBe($"text of {one}");
        (await shop.ThreadAsync(customer)).Count.ShouldBe(nearlyTheSame.Length);
    }

    [Fact]
    public async Task Idempotency_keys_that_are_nearly_the_same_are_keys_of_two_requests()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var key = $"key-{Shop.NewNumber()}a";
        string[] nearlyTheSame = [key, key.ToUpperInvariant(), key + " ", key + "  ", " " + key];

        foreach (var one in nearlyTheSame)
        {
            (await shop.Api.PostAsync(
                "/api/v1/messages/send",
                new { account_id = shop.AccountId, recipient_id = customer.Igsid, message = $"for '{one}'", idempotency_key = one }))
                .Expect(200);
            shop.Meta.AcceptedCount(customer.Igsid, $"for '{one}'").ShouldBe(1);
        }
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("  ")]
    [InlineData("\u00a0")]
    [InlineData("\u200b")]
    [InlineData("\t")]
    public async Task A_username_with_something_behind_it_is_nobodys(string behind)
    {
        (await Anonymous.SignInAsync(ProductBase.Username + behind, ProductBase.Password)).ExpectProblem(401, "unauthorized");
        (await Anonymous.SignInAsync(ProductBase.Username, ProductBase.Password)).Expect(200);
    }
}
