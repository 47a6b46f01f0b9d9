using InstaMessenger.IntegrationTests.Product;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>Who the customers are.</summary>
public abstract partial class FlowSuite
{
    [Fact]
    public async Task A_customer_who_writes_has_a_name_soon_and_is_found_by_it()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();

        var updated = await shop.Events.WaitForAsync("contact.updated", "data.contact.id", customer.Igsid);

        updated.Event.Text("data.contact.username").ShouldBe(customer.Username);
        updated.Event.Text("data.contact.name").ShouldBe(customer.Name);
        await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventId == updated.Id);
        var conversation = await shop.ConversationAsync(customer);
        conversation.Text("contact.name").ShouldBe(customer.Name);
        var found = (await shop.Api.GetAsync($"/ui/conversations?q={Uri.EscapeDataString(customer.Username!)}")).Expect(200).Items();
        found.ShouldHaveSingleItem().Text("id").ShouldBe(conversation.Text("id"));
    }
}
