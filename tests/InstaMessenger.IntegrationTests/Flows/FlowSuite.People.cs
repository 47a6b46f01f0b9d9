using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Customers;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>Who the customers are.</summary>
public abstract partial class FlowSuite
{
    [Fact]
    public async Task A_customer_who_writes_has_a_name_soon_and_is_found_by_it()
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        (customer.Followers, customer.FollowsBusiness, customer.FollowedByBusiness, customer.IsVerified) = (1_234_567, true, false, true);
        await shop.ReceivedAsync(await customer.SayAsync("hello"));

        var updated = await shop.Events.WaitForAsync("contact.updated", "data.contact.id", customer.Igsid);

        updated.Event.Text("data.contact.username").ShouldBe(customer.Username);
        updated.Event.Text("data.contact.name").ShouldBe(customer.Name);
        await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventId == updated.Id);
        var conversation = await shop.ConversationAsync(customer);
        conversation.Text("contact.name").ShouldBe(customer.Name);
        var contact = conversation["contact"]!;
        ((long)contact["follower_count"]!, (bool)contact["is_user_follow_business"]!, (bool)contact["is_business_follow_user"]!,
            (bool)contact["is_verified_user"]!).ShouldBe((1_234_567, true, false, true));
        var found = (await shop.Api.GetAsync($"/ui/conversations?q={Uri.EscapeDataString(customer.Username!)}")).Expect(200).Items();
        found.ShouldHaveSingleItem().Text("id").ShouldBe(conversation.Text("id"));
    }

    [Fact]
    public async Task The_picture_of_a_customer_is_kept_and_shown_from_here()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();

        var kept = await shop.Events.WaitForAsync(tapped => tapped.Type == "contact.updated"
            && tapped.Event.Text("data.contact.id") == customer.Igsid
            && tapped.Event.Text("data.contact.profile_picture_url") is not null);

        var path = kept[0].Event.Text("data.contact.profile_picture_url")!;
        path.ShouldBe($"/media/contacts/{(await shop.ConversationAsync(customer)).Text("id")}");
        using var shown = await ViewAsync(shop, path);
        ((int)shown.StatusCode, shown.Content.Headers.ContentType?.MediaType).ShouldBe((200, "image/png"));
    }

    [Theory]
    [InlineData(ProfileAccess.NoConsent)]
    [InlineData(ProfileAccess.Missing)]
    public async Task A_customer_whom_Meta_does_not_show_has_no_name_and_their_messages_come_all_the_same(ProfileAccess access)
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        customer.Profile = access;

        await shop.ReceivedAsync(await customer.SayAsync("hello"));
        await shop.ReceivedAsync(await customer.SayAsync("is anybody there?"));

        (await shop.ConversationAsync(customer)).Text("contact.name").ShouldBeNull();
    }
}
