using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Simulator.Meta.Faults;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>What the business does besides writing: it answers comments in private, reacts, types.</summary>
public abstract partial class FlowSuite
{
    [Fact]
    public async Task A_comment_is_answered_in_private_once_and_then_the_customer_has_to_write()
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        var comment = await customer.CommentAsync("How much?");
        await shop.Events.WaitForAsync("comment.received", "data.comment.id", comment);

        var sent = (await PrivateReplyAsync(shop, comment)).Expect(200);

        (sent.Text("status"), sent.Text("recipient_id")).ShouldBe(("sent", customer.Igsid));
        shop.Meta.Sends.All.Single(send => send.Account == shop.InstagramId).Recipient.ShouldBe(comment);
        (await PrivateReplyAsync(shop, comment)).ExpectProblem(409, "comment_not_repliable");
        (await shop.SendAsync(customer, "one more")).ExpectProblem(409, "window_closed").Text("rule").ShouldBe("private_reply_unanswered");
        await shop.ReceivedAsync(await customer.SayAsync("thanks"));
        (await shop.SendAsync(customer, "you are welcome")).Expect(200).Text("status").ShouldBe("sent");
    }

    [Fact]
    public async Task A_private_reply_whose_answer_is_lost_is_found_by_its_echo()
    {
        var shop = await OpenShopAsync();
        var comment = await shop.NewCustomer().CommentAsync("How much?");
        await shop.Events.WaitForAsync("comment.received", "data.comment.id", comment);
        shop.Meta.SendFaults.Next(Fault.Presets["reset_accepted"], account: shop.InstagramId);

        var lost = (await PrivateReplyAsync(shop, comment, AtOnce)).Expect(202).Text("message_id")!;

        await shop.BecameAsync(lost, "sent");
        shop.Meta.Sends.All.Count(send => send.Account == shop.InstagramId).ShouldBe(1);
    }

    [Fact]
    public async Task The_business_reacts_and_takes_it_back()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var said = (await shop.ReceivedAsync(await customer.SayAsync("Look!"))).Event;
        var path = $"/api/v1/messages/{said.Text("data.message.id")}/reaction";
        shop.Meta.OtherFaults.Next(Fault.Presets["reset"], account: shop.InstagramId, path: "/messages");

        (await shop.Api.PostAsync(path, new { reaction = "love" })).Expect(202);

        var reacted = (await shop.Events.WaitForAsync("message.reaction", "data.reaction.action", "react")).Event;
        reacted.Text("data.reaction.by").ShouldBe("business");
        BusinessReaction().ShouldBe("❤️");
        (await shop.ThreadAsync(customer))[0].Text("reactions.0.reaction").ShouldBe("love");

        (await shop.Api.DeleteAsync(path)).Expect(202);
        await shop.Events.WaitForAsync("message.reaction", "data.reaction.action", "unreact");
        BusinessReaction().ShouldBeNull();

        string? BusinessReaction() => customer.Messages
            .Single(message => message.Mid == said.Text("data.message.instagram_message_id")).BusinessReaction;
    }

    [Fact]
    public async Task The_customer_sees_that_somebody_types_and_has_read()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var conversation = (await shop.ReceivedAsync(await customer.SayAsync("Anybody there?"))).Event.Text("conversation_id");
        (await shop.Api.PatchAsync($"/api/v1/accounts/{shop.AccountId}", new { mark_seen = true })).Expect(200);

        (await shop.Api.PostAsync($"/ui/conversations/{conversation}/typing", new { on = true })).Expect(204);
        await SeesAsync(customer, "typing_on");
        (await shop.Api.PostAsync($"/ui/conversations/{conversation}/read", null)).Expect(204);

        await SeesAsync(customer, "mark_seen");
    }

    private static Task<TimeSpan> SeesAsync(Customer customer, string sign) => Until.TrueAsync(
        () => customer.Signs.Contains(sign), Patience.Long, () => $"The customer sees no {sign}.");

    private static Task<Answer> PrivateReplyAsync(Shop shop, string comment, params (string, string)[] headers) => shop.Api.PostAsync(
        "/api/v1/messages/send",
        new { account_id = shop.AccountId, comment_id = comment, message = "Ten euros. Shall I keep one for you?" },
        headers.Length > 0 ? headers : [("Prefer", "wait=30")]);
}
