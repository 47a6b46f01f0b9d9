using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>What is erased is gone, and the owner who leaves is believed.</summary>
public abstract partial class FlowSuite
{
    [Fact]
    [InEveryForm]
    public async Task A_contact_is_erased_everywhere_and_the_CRM_is_told()
    {
        var shop = await OpenShopAsync();
        var (gone, stays) = (await shop.NewWriterAsync(), await shop.NewWriterAsync());
        await shop.ReceivedAsync(await gone.SayAsync("something very private"));
        var picture = (await shop.ReceivedAsync(await gone.ShowAsync("image", NewPicture(1_000).Url))).Event;
        var sent = (await shop.SendAsync(gone, "an answer to it")).Expect(200).Text("message_id");
        await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventType == "message.sent");
        var conversation = (await shop.ConversationAsync(gone)).Text("id");

        var report = await ErasedAsync(shop, (await shop.Api.DeleteAsync(
            $"/api/v1/accounts/{shop.AccountId}/contacts/{gone.Igsid}")).Json);

        (report.Text("erased.messages"), report.Text("erased.conversations"), report.Text("erased.sends")).ShouldBe(("4", "1", "1"));
        int.Parse(report.Text("erased.deliveries")!).ShouldBeGreaterThanOrEqualTo(4);
        (await shop.Api.GetAsync($"/ui/conversations/{conversation}")).ExpectProblem(404);
        (await shop.Api.GetAsync($"/api/v1/messages/{sent}")).ExpectProblem(404);
        (await shop.Api.GetAsync($"/media/attachments/{picture.Text("data.message.attachments.0.id")}")).ExpectProblem(404);
        (await shop.Api.GetAsync("/api/v1/events?limit=200")).Expect(200).ToJsonString().ShouldNotContain("private");
        var told = await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventType == "contact.erased");
        told.ShouldHaveSingleItem().Body!.ShouldContain(gone.Igsid);
        var deliveries = await shop.Api.GetAsync("/api/v1/webhook-endpoints");
        var endpoint = deliveries.Expect(200).Items()[0].Text("id");
        (await shop.Api.GetAsync($"/api/v1/webhook-endpoints/{endpoint}/deliveries?limit=200")).Expect(200).Items()
            .ShouldNotContain(row => row.Text("conversation_id") == conversation && row.Text("event_type") != "contact.erased");

        // What Meta still shows of it stays away, and what they write since is told.
        (await shop.Api.PostAsync($"/api/v1/accounts/{shop.AccountId}/backfill", new { })).Expect(202);
        await shop.Events.WaitForAsync("history.progress", "data.backfill.state", "done");
        await shop.ReceivedAsync(await gone.SayAsync("hello again"));
        (await shop.ThreadAsync(gone)).Select(message => message.Text("text")).ShouldBe(["hello again"]);
        (await shop.ThreadAsync(stays)).Count.ShouldBe(1);
    }

    [Fact]
    [InEveryForm]
    public async Task Everything_of_an_account_is_erased_and_linking_it_again_brings_nothing_back()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        (await shop.SendAsync(customer, "a secret")).Expect(200);

        var report = await ErasedAsync(shop, (await shop.Api.DeleteAsync($"/api/v1/accounts/{shop.AccountId}?erase=true")).Json);

        (report.Text("erased.messages"), report.Text("erased.conversations")).ShouldBe(("2", "1"));
        (await shop.Api.GetAsync($"/api/v1/accounts/{shop.AccountId}")).ExpectProblem(404);
        // Nothing waits for it either.
        await customer.SayAsync("is anybody there?");
        await shop.RelinkAsync();
        (await shop.Api.PostAsync($"/api/v1/accounts/{shop.AccountId}/backfill", new { })).Expect(202);
        await shop.Events.WaitForAsync("history.progress", "data.backfill.state", "done");
        await shop.ReceivedAsync(await customer.SayAsync("and now?"));

        (await shop.ThreadAsync(customer)).Select(message => message.Text("text"))
            .ShouldNotContain(text => text == "a secret" || text == "Hello!");
    }

    [Fact]
    public async Task Whoever_removes_the_app_is_unlinked_and_whoever_wants_to_be_forgotten_is_erased_and_can_see_it()
    {
        var owner = NewOwner("instagram");
        var id = await ConnectAsync();
        await using var events = await Admin.ListenAsync();
        var customer = Product.Simulator.Meta.Customers.Get(owner.Id, Shop.NewNumber());
        await events.WaitForAsync("message.received", "data.message.instagram_message_id", await customer.SayAsync("Hello!"));

        (await Product.Simulator.Meta.Webhooks.CallBackAsync("deauthorize", owner.AppScopedId!)).Status.ShouldBe(200);

        (await Admin.GetAsync($"/api/v1/accounts/{id}")).ExpectProblem(404);
        (await ConnectAsync()).ShouldBe(id);
        var (status, body) = await Product.Simulator.Meta.Webhooks.CallBackAsync("data-deletion", owner.AppScopedId!);
        status.ShouldBe(200, body);
        var code = JsonNode.Parse(body).Text("confirmation_code");
        JsonNode.Parse(body).Text("url").ShouldEndWith($"/data-deletion/{code}");
        (await Admin.GetAsync($"/api/v1/accounts/{id}")).ExpectProblem(404);

        Answer? page = null;
        await Until.TrueAsync(
            async () => (page = await Anonymous.GetAsync($"/data-deletion/{code}")).Body.Contains("Everything was deleted"),
            Patience.Long,
            () => page!.Body);
        foreach (var text in new[] { id, owner.Id, owner.AppScopedId!, owner.Username, customer.Igsid }) page!.Body.ShouldNotContain(text);
        (await Anonymous.GetAsync($"/data-deletion/{new string('0', 32)}")).Status.ShouldBe(404);
        (await Anonymous.PostAsync("/webhooks/instagram/data-deletion", new { })).ExpectProblem(415);
        var erasure = (await Admin.GetAsync($"/api/v1/accounts/{id}/erasures")).Expect(200).Items().ShouldHaveSingleItem();
        (erasure.Text("state"), erasure.Text("erased.messages")).ShouldBe(("done", "1"));

        async Task<string> ConnectAsync()
        {
            var begun = (await Admin.PostAsync("/oauth/instagram/init", new { login_type = "instagram", return_to = "/" })).Expect(200);
            return (await LandAsync(await ClickAsync(begun, $"Allow for @{owner.Username}"))).Split("connected=")[1];
        }
    }

    private async Task AnErasureGoesOnAsync(SharedKill kill)
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        foreach (var n in Enumerable.Range(0, 5))
            await Task.WhenAll(Enumerable.Range(0, 60).Select(m => customer.SayAsync($"{n} {m}")));
        await Until.TrueAsync(
            async () => (await shop.ConversationAsync(customer)).Text("unread_count") == "301",
            Patience.Long,
            () => "the messages have not come");
        await kill.MomentAsync();

        var asked = shop.Api.DeleteAsync($"/api/v1/accounts/{shop.AccountId}?erase=true");
        await Until.TrueAsync(
            async () => (await Admin.GetAsync($"/api/v1/accounts/{shop.AccountId}")).Status == 404,
            Patience.Long,
            () => "it is still linked");
        await kill.HalfWayAsync();
        try
        {
            await asked;
        }
        catch (HttpRequestException)
        {
            // It died with the process.
        }

        // The gateway gives the request to another store, which joins the erasure.
        var begun = (await shop.Api.GetAsync($"/api/v1/accounts/{shop.AccountId}/erasures")).Expect(200).Items().ShouldHaveSingleItem();
        var report = await ErasedAsync(shop, begun);
        (report.Text("erased.messages"), report.Text("erased.conversations")).ShouldBe(("301", "1"));
    }

    /// <summary>Waits until an erasure is done, and gives its report.</summary>
    private static async Task<JsonNode> ErasedAsync(Shop shop, JsonNode? begun)
    {
        var path = $"/api/v1/accounts/{shop.AccountId}/erasures/{begun.Text("erasure_id")}";
        JsonNode? report = begun;
        await Until.TrueAsync(
            async () => (report = (await shop.Api.GetAsync(path)).Expect(200)).Text("state") == "done",
            Patience.Long,
            () => report!.ToJsonString());
        return report!;
    }
}
