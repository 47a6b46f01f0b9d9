using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Simulator.Meta.Faults;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.IntegrationTests.Flows;

public abstract partial class FlowSuite
{
    private static readonly (string, string) AtOnce = ("Prefer", "respond-async");

    [Fact]
    [InEveryForm]
    public async Task A_send_is_answered_with_what_Meta_said_and_told_to_the_CRM()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();

        var answer = (await shop.SendAsync(customer, "Yes, it is!")).Expect(200);

        answer.Text("status").ShouldBe("sent");
        answer.Text("recipient_id").ShouldBe(customer.Igsid);
        var accepted = shop.Meta.Sends.All.Where(send => send.Account == shop.InstagramId).ShouldHaveSingleItem();
        accepted.Text.ShouldBe("Yes, it is!");
        accepted.Tag.ShouldBeNull();
        answer.Text("instagram_message_id").ShouldBe(accepted.Mid);
        var sent = await shop.Events.WaitForAsync("message.sent", "data.message.id", answer.Text("message_id")!);
        sent.Event.Text("data.origin").ShouldBe("api");
        (await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventId == sent.Id))[0].Trusted.ShouldBeTrue();
        (await shop.MessageAsync(answer.Text("message_id")!)).Text("status").ShouldBe("sent");
        (await shop.Api.GetAsync($"/api/v1/messages/{answer.Text("message_id")}/status")).Expect(200).Text("status").ShouldBe("sent");
    }

    [Fact]
    public async Task A_client_that_does_not_wait_is_told_pending()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        shop.Meta.SendFaults.Next(Fault.Latency(300), account: shop.InstagramId);
        var answer = (await shop.SendAsync(customer, "later", AtOnce)).Expect(202);
        answer.Text("status").ShouldBe("pending");
        (await shop.BecameAsync(answer.Text("message_id")!, "sent")).Text("error").ShouldBeNull();
    }

    [Fact]
    public async Task Text_and_attachment_are_two_messages_to_the_customer()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var picture = new Uri(Product.Simulator.BaseAddress, "cdn/picture.png").ToString();

        var answer = (await shop.Api.PostAsync(
            "/api/v1/messages/send",
            new
            {
                account_id = shop.AccountId,
                recipient_id = customer.Igsid,
                message = "Here it is",
                attachment_url = picture,
                attachment_type = "image",
            })).Expect(200);

        answer.Text("status").ShouldBe("sent");
        answer.Text("attachment_url").ShouldBe(picture);
        answer.Text("attachment_type").ShouldBe("image");
        await shop.Events.WaitForAsync(tapped => tapped.Type == "message.sent", 2);
        shop.Meta.Sends.All.Where(send => send.Account == shop.InstagramId).Select(send => send.Text ?? send.AttachmentUrl)
            .ShouldBe([picture, "Here it is"]);
    }

    [Fact]
    public async Task A_closed_window_is_refused_before_any_call_and_a_person_has_seven_days()
    {
        var shop = await OpenShopAsync();
        Product.Simulator.Meta.EnforceWindow = true;
        var yesterday = await WroteAgoAsync(shop, TimeSpan.FromHours(25));
        var problem = (await shop.SendAsync(yesterday, "too late")).ExpectProblem(409, "window_closed");
        DateTimeOffset.Parse(problem.Text("closed_at")!)
            .ShouldBe(TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));
        var lastWeek = await WroteAgoAsync(shop, TimeSpan.FromDays(8));
        (await shop.SendAsync(lastWeek, "much too late")).ExpectProblem(409, "window_closed").Text("closed_at").ShouldNotBeNull();
        shop.Meta.Calls.All.ShouldNotContain(
            call => call.Account == shop.InstagramId && call.Path.EndsWith("/messages", StringComparison.Ordinal));

        var byHuman = await shop.Api.PostAsync(
            "/api/v1/messages/send",
            new { account_id = shop.AccountId, recipient_id = yesterday.Igsid, message = "a person wrote this", sent_by = "human" });

        byHuman.Expect(200).Text("status").ShouldBe("sent");
        shop.Meta.Sends.All.Single(send => send.Account == shop.InstagramId).Tag.ShouldBe("HUMAN_AGENT");
        (await shop.ConversationAsync(yesterday)).Text("window.state").ShouldBe("human_agent");
        (await shop.ConversationAsync(lastWeek)).Text("window.state").ShouldBe("closed");
    }

    [Fact]
    [InEveryForm]
    public async Task What_Meta_rejects_is_failed_with_the_reason_and_never_tried_again()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        shop.Meta.SendFaults.Next(Fault.Error(10, 2018278), account: shop.InstagramId);

        var answer = (await shop.SendAsync(customer, "no")).Expect(200);

        answer.Text("status").ShouldBe("failed");
        answer.Text("error.code").ShouldNotBeNullOrEmpty();
        answer.Text("error.message").ShouldNotBeNullOrEmpty();
        answer.At("error.retryable")!.GetValue<bool>().ShouldBeFalse();
        (await shop.SendAsync(customer, "but this")).Expect(200).Text("status").ShouldBe("sent");
        shop.Meta.Sends.All.Where(send => send.Account == shop.InstagramId).ShouldHaveSingleItem().Text.ShouldBe("but this");
    }

    [Fact]
    [InEveryForm]
    public async Task A_rate_limit_delays_a_send_and_does_not_lose_it()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        shop.Meta.SendFaults.Next(Fault.RateLimit(regainMinutes: 0), account: shop.InstagramId);

        var id = (await shop.SendAsync(customer, "patience", AtOnce)).Expect(202).Text("message_id")!;

        var postponed = await PostponedAsync(shop, id);
        postponed.Text("error.code").ShouldNotBeNullOrEmpty();
        postponed.At("error.retryable")!.GetValue<bool>().ShouldBeTrue();
        postponed.Text("error.retry_at").ShouldNotBeNull();
        await shop.BecameAsync(id, "sent");
        shop.Meta.AcceptedCount(customer.Igsid, "patience").ShouldBe(1);
    }

    [Theory]
    [InEveryForm]
    [InlineData("reset_accepted")]
    [InlineData("garbage_accepted")]
    [InlineData("server_error_accepted")]
    [InlineData("refused_accepted")]
    public async Task An_ambiguous_call_is_unknown_until_its_echo_and_never_repeated(string preset)
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        shop.Meta.EchoMode = EchoMode.None;
        shop.Meta.SendFaults.Next(Fault.Presets[preset], account: shop.InstagramId);

        var answer = await shop.SendAsync(customer, "did you get this?");
        var id = answer.Expect(202).Text("message_id")!;
        (await shop.BecameAsync(id, "unknown")).Text("status").ShouldBe("unknown");

        var accepted = shop.Meta.Sends.All.Single(send => send.Account == shop.InstagramId);
        await EchoAsync(shop, customer, accepted.Mid, "did you get this?", accepted.At);

        var settled = await shop.BecameAsync(id, "sent");
        settled.Text("instagram_message_id").ShouldBe(accepted.Mid);
        // The next one goes out: the first one is settled for the sender too, and was not repeated before it.
        shop.Meta.EchoMode = EchoMode.AfterAnswer;
        (await shop.SendAsync(customer, "the next")).Expect(200).Text("status").ShouldBe("sent");
        shop.Meta.AcceptedMoreThanOnce.ShouldNotContain(twice => twice.Recipient == customer.Igsid);
        (await shop.ThreadAsync(customer)).Count(message => message.Text("direction") == "outbound").ShouldBe(2);
    }

    [Fact]
    [InEveryForm]
    public async Task An_ambiguous_call_whose_echo_never_comes_is_settled_by_its_conversation_and_those_behind_it_wait_for_that()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        shop.Meta.EchoMode = EchoMode.None;
        shop.Meta.SendFaults.Next(Fault.Presets["reset_accepted"], times: 2, account: shop.InstagramId);

        var first = (await shop.SendAsync(customer, "the same words")).Expect(202).Text("message_id")!;
        var second = (await shop.SendAsync(customer, "the same words", AtOnce)).Expect(202).Text("message_id")!;
        var third = (await shop.SendAsync(customer, "and others", AtOnce)).Expect(202).Text("message_id")!;

        var mids = new List<string?>();
        foreach (var id in (string[])[first, second, third])
            mids.Add((await shop.BecameAsync(id, "sent")).Text("instagram_message_id"));
        var accepted = shop.Meta.Sends.All.Where(send => send.Account == shop.InstagramId).OrderBy(send => send.At).ToList();
        accepted.Select(send => send.Text).ShouldBe(["the same words", "the same words", "and others"]);
        accepted.Select(send => send.Mid).ShouldBe(mids);
    }

    [Theory]
    [InlineData(EchoMode.BeforeAnswer, false)]
    [InlineData(EchoMode.AfterAnswer, false)]
    [InlineData(EchoMode.None, false)]
    [InlineData(EchoMode.AfterAnswer, true)]
    [InlineData(EchoMode.BeforeAnswer, true)]
    public async Task Echo_and_answer_make_one_message_in_whichever_order_they_come(EchoMode echo, bool answerIsLost)
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        shop.Meta.EchoMode = echo;
        if (answerIsLost) shop.Meta.SendFaults.Next(Fault.Reset(accepted: true), account: shop.InstagramId);

        var answer = await shop.SendAsync(customer, "one and only");
        var id = answer.Json.Text("message_id")!;
        await shop.BecameAsync(id, "sent");
        var accepted = shop.Meta.Sends.All.Single(send => send.Account == shop.InstagramId);
        // Meta repeats an echo now and then; a late one changes nothing.
        await EchoAsync(shop, customer, accepted.Mid, "one and only", accepted.At);
        await shop.ReceivedAsync(await customer.SayAsync("a marker behind the echo"));

        var thread = await shop.ThreadAsync(customer);
        var message = thread.Where(row => row.Text("direction") == "outbound").ShouldHaveSingleItem();
        message.Text("id").ShouldBe(id);
        message.Text("status").ShouldBe("sent");
        message.Text("instagram_message_id").ShouldBe(accepted.Mid);
        shop.Events.All.Count(tapped => tapped.Type == "message.sent").ShouldBe(1);
        shop.Meta.AcceptedCount(customer.Igsid, "one and only").ShouldBe(1);
    }

    /// <summary>Waits until a call has failed and the message is pending for the second time, and gives it.</summary>
    private static async Task<JsonNode> PostponedAsync(Shop shop, string id)
    {
        await shop.Events.WaitForAsync(
            tapped => tapped.Event.Text("data.message.id") == id && tapped.Event.Text("data.message.status") == "sending");
        await shop.Events.WaitForAsync(
            tapped => tapped.Event.Text("data.message.id") == id && tapped.Event.Text("data.message.status") == "pending", 2);
        return await shop.MessageAsync(id);
    }

    /// <summary>A customer whose one message is that old.</summary>
    private static async Task<Customer> WroteAgoAsync(Shop shop, TimeSpan ago)
    {
        var customer = shop.NewCustomer();
        var (mid, at) = ($"old{Shop.NewNumber()}", TimeProvider.System.GetUtcNow() - ago);
        await shop.Meta.Webhooks.DeliverAsync(
            MetaPayloads.Envelope(shop.InstagramId, at, MetaPayloads.Text(shop.InstagramId, customer.Igsid, mid, "long ago", at)));
        await shop.ReceivedAsync(mid);
        customer.PretendWroteAt(at);
        return customer;
    }

    private static async Task EchoAsync(Shop shop, Customer customer, string mid, string text, DateTimeOffset at)
    {
        var echo = MetaPayloads.Envelope(shop.InstagramId, at, MetaPayloads.Echo(shop.InstagramId, customer.Igsid, mid, text, at));
        (await shop.Meta.Webhooks.DeliverAsync(echo)).Delivered.ShouldBeTrue();
    }
}
