using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Simulator.Meta.Faults;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

public abstract partial class FlowSuite
{
    /// <summary>
    /// The simulator takes each body only as Meta would. The second send's answer is lost, so that only its echo can tell that it went out.
    /// </summary>
    [Theory]
    [InlineData("text", """{"message":"Pick one","quick_replies":[{"title":"Yes","payload":"Y"},{"title":"No","payload":"N"}]}""")]
    [InlineData("image", """{"attachments":[{"url":"https://a.example/1.png"},{"url":"https://a.example/2.jpg"}]}""")]
    [InlineData("file", """{"attachment_url":"https://a.example/prices.pdf"}""")]
    [InlineData("like_heart", """{"sticker":"like_heart"}""")]
    [InlineData("share", """{"share_media_id":"17900000000000001"}""")]
    [InlineData(
        "template",
        """
        {"template":{"type":"generic","elements":[{"title":"Mug","subtitle":"€ 10","image_url":"https://a.example/mug.png",
        "default_url":"https://a.example/mug","buttons":[{"type":"url","title":"Open","url":"https://a.example/mug"},
        {"type":"postback","title":"Buy","payload":"BUY"}]}]}}
        """)]
    [InlineData("template", """{"template":{"type":"button","text":"Next?","buttons":[{"type":"postback","title":"A","payload":"A"}]}}""")]
    public async Task Each_kind_is_sent_as_Meta_takes_it_and_its_echo_finds_it(string kind, string content)
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var body = JsonNode.Parse(content)!.AsObject();
        (body["account_id"], body["recipient_id"]) = (shop.AccountId, customer.Igsid);

        var answer = (await shop.Api.PostAsync("/api/v1/messages/send", body, ("Prefer", "wait=30"))).Expect(200);
        answer.Text("status").ShouldBe("sent", answer.ToJsonString());
        shop.Meta.SendFaults.Next(Fault.Presets["reset_accepted"], account: shop.InstagramId);
        var lost = (await shop.Api.PostAsync("/api/v1/messages/send", body, AtOnce)).Expect(202).Text("message_id")!;
        await shop.BecameAsync(lost, "sent");

        var sends = shop.Meta.Sends.All.Where(send => send.Account == shop.InstagramId).OrderBy(send => send.At).ToList();
        var thread = (await shop.ThreadAsync(customer)).Where(row => row.Text("direction") == "outbound").ToList();
        thread.Select(row => row.Text("kind")).ShouldBe([kind, kind]);
        thread.Select(row => row.Text("instagram_message_id")).ShouldBe(sends.Select(send => send.Mid).Reverse());
    }

    [Fact]
    public async Task An_answer_refers_to_the_message_that_it_answers()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var asked = (await shop.ReceivedAsync(await customer.SayAsync("How much?"))).Event;
        var stranger = await shop.NewWriterAsync();

        var answer = await ReplyAsync(shop, customer, asked.Text("data.message.id")!);

        answer.Expect(200).Text("status").ShouldBe("sent", answer.Body);
        shop.Meta.Sends.All.Single(send => send.Account == shop.InstagramId).ReplyTo
            .ShouldBe(asked.Text("data.message.instagram_message_id"));
        var errors = (await ReplyAsync(shop, stranger, asked.Text("data.message.id")!)).ExpectProblem(422, "validation_failed")["errors"]!;
        errors["reply_to_message_id"].ShouldNotBeNull();
    }

    [Fact]
    [InEveryForm]
    public async Task A_long_text_goes_out_in_parts_and_one_that_fails_stops_those_behind_it()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var text = string.Join(' ', Enumerable.Range(1000, 500));
        (await shop.SendAsync(customer, text)).ExpectProblem(422, "text_too_long");
        var key = ("Idempotency-Key", "the long text");

        var whole = (await SplitAsync(shop, customer, text, key, ("Prefer", "wait=30"))).Expect(200);

        whole["messages"]!.AsArray().Count.ShouldBe(3);
        string.Concat(SentTo(shop)).ShouldBe(text);
        var again = await SplitAsync(shop, customer, text, key, ("Prefer", "wait=30"));
        again.Expect(200)["messages"]!.AsArray().Count.ShouldBe(3);
        SentTo(shop).Count.ShouldBe(3);

        shop.Meta.SendFaults.Next(Fault.Latency(1), account: shop.InstagramId);
        shop.Meta.SendFaults.Next(Fault.Error(551), account: shop.InstagramId);
        var failed = (await SplitAsync(shop, customer, text, ("Idempotency-Key", "again"), ("Prefer", "wait=30"))).Expect(200);
        failed.Text("status").ShouldBe("failed");
        failed["messages"]!.AsArray().Select(part => part!.Text("status")).ShouldBe(["sent", "failed", "failed"]);
        failed["messages"]![2]!.Text("error.code").ShouldBe("earlier_part_failed");
    }

    /// <summary>
    /// What is under way at the kill is unknown, and found by its echo or in its conversation; the parts behind it wait for that, so what a
    /// customer has is always the beginning of the text. A part that Meta never got stays unknown for five minutes.
    /// </summary>
    private async Task PartsOfATextAreNeitherSentTwiceNorOutOfOrderAsync(SharedKill kill)
    {
        var shop = await OpenShopAsync();
        var customers = await shop.NewWritersAsync(4);
        // The first three of the five parts of each.
        shop.Meta.SendFaults.Next(Fault.Latency(1_500), times: 12, account: shop.InstagramId);
        var parts = new Dictionary<Customer, List<string>>();
        foreach (var customer in customers)
        {
            var text = string.Join(' ', Enumerable.Range(1000, 800).Select(number => $"{number}"));
            var answer = (await SplitAsync(shop, customer, text, AtOnce)).Expect(202);
            parts[customer] = [.. answer["messages"]!.AsArray().Select(part => part!.Text("message_id")!)];
        }

        await shop.Meta.Sends.WaitForAsync(send => send.Account == shop.InstagramId, 5, Patience.Long);
        await kill.HalfWayAsync();

        // Where several processes share a database a claim of a dead one lasts a minute.
        foreach (var customer in customers)
            await Until.TrueAsync(() => IsOverAsync(customer), Patience.Long, () => $"{customer.Igsid} got {Got(customer).Count} parts");
        shop.Meta.AcceptedMoreThanOnce.ShouldNotContain(twice => parts.Keys.Any(customer => customer.Igsid == twice.Recipient));

        async Task<bool> IsOverAsync(Customer customer)
        {
            var answers = await Task.WhenAll(parts[customer].Select(id => shop.Api.GetAsync($"/api/v1/messages/{id}")));
            if (answers.Any(answer => answer.Status != 200)) return false;
            var states = answers.Select(answer => answer.Json).ToList();
            var sent = states.TakeWhile(part => part.Text("status") == "sent").ToList();
            return sent.Select(part => part.Text("instagram_message_id")).SequenceEqual(Got(customer))
                && states.Skip(sent.Count).Select(part => part.Text("status")).FirstOrDefault() is null or "unknown" or "failed";
        }

        List<string?> Got(Customer customer) =>
        [
            .. shop.Meta.Sends.All.Where(send => send.Account == shop.InstagramId && send.Recipient == customer.Igsid)
                .OrderBy(send => send.At).Select(send => send.Mid),
        ];
    }

    private static List<string> SentTo(Shop shop) =>
        [.. shop.Meta.Sends.All.Where(send => send.Account == shop.InstagramId).OrderBy(send => send.At).Select(send => send.Text!)];

    private static Task<Answer> SplitAsync(Shop shop, Customer customer, string text, params (string, string)[] headers) =>
        shop.Api.PostAsync(
            "/api/v1/messages/send",
            new { account_id = shop.AccountId, recipient_id = customer.Igsid, message = text, split = true },
            headers);

    private static Task<Answer> ReplyAsync(Shop shop, Customer customer, string messageId) => shop.Api.PostAsync(
        "/api/v1/messages/send",
        new { account_id = shop.AccountId, recipient_id = customer.Igsid, message = "Ten.", reply_to_message_id = messageId },
        ("Prefer", "wait=30"));
}
