using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>What was said is found again.</summary>
public abstract partial class FlowSuite
{
    [Fact]
    public async Task A_message_is_found_by_what_it_says_until_it_is_taken_back()
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        var word = $"word{customer.Igsid}";
        var mid = await customer.SayAsync($"我想买这件衣服 {word} 🎉");
        var received = await shop.ReceivedAsync(mid);

        var hit = (await FoundAsync(shop, $"衣服 🎉 {word[..^1]}", count: 1)).ShouldHaveSingleItem();
        hit.Text("message.id").ShouldBe(received.Event.Text("data.message.id"));
        hit.Text("conversation.contact.id").ShouldBe(customer.Igsid);
        hit["excerpt"]!.AsArray().Where(part => part!.Text("hit") == "true").Select(part => part!.Text("text"))
            .ShouldBe(["衣服", word, "🎉"]);

        await customer.UnsendAsync(mid);
        await shop.Events.WaitForAsync("message.deleted", "data.message.instagram_message_id", mid);
        (await FoundAsync(shop, word, count: 0)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_contact_is_found_by_their_name()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        await shop.Events.WaitForAsync("contact.updated", "data.contact.id", customer.Igsid);

        await FoundAsync(shop, customer.Name, count: 1, list: "contacts");
    }

    /// <summary>The index is a second behind.</summary>
    private static async Task<IReadOnlyList<JsonNode>> FoundAsync(
        Shop shop, string question, int count, string list = "messages")
    {
        for (var patience = 0; ; patience++)
        {
            var path = $"/ui/search?account_id={shop.AccountId}&q={Uri.EscapeDataString(question)}";
            var answer = (await shop.Api.GetAsync(path)).Expect(200);
            var found = answer[list]!.AsArray().OfType<JsonNode>().ToList();
            if (found.Count == count || patience == 150) return found;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }
}
