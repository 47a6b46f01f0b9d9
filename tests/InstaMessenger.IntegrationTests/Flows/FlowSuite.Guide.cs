using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

public abstract partial class FlowSuite
{
    private static readonly HttpClient Stranger = new();

    /// <summary>
    /// docs/crm-integration.md with the receiver of one language: each line as it stands, and beside it what a developer does not see:
    /// webhooks that are not the product's, a crash between answering and remembering, and the whole log posted anew.
    /// </summary>
    private protected async Task WhoeverFollowsTheGuideToACrmReceivesAnswersAndCatchesUpAsync(string language)
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        using var folder = new ProductFolder("guide");
        var state = folder.Of("state");
        var port = FreePort.Take();
        await using var guide = Guide.Begin(new Dictionary<string, string>
        {
            ["URL"] = Product.Door.ToString().TrimEnd('/'),
            ["SIMULATOR"] = Product.Simulator.BaseAddress.ToString().TrimEnd('/'),
            ["KEY"] = await KeyFileAsync(shop, folder),
            ["ACCOUNT"] = shop.AccountId,
            ["INSTAGRAM"] = shop.InstagramId,
            ["CUSTOMER"] = customer.Igsid,
            ["PORT"] = $"{port}",
            ["STATE"] = state,
            // Its build must not leave servers to others: they end with this shell.
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["UseSharedCompilation"] = "false",
        });
        var lines = Guide.Lines(language);
        lines.Select(line => line.Section).Distinct().ShouldBe([2, 3, 4, 5]);
        var start = lines.Single(line => line.Line.EndsWith("& RECEIVER=$!", StringComparison.Ordinal)).Line;
        try
        {
            foreach (var (_, line) in lines.Where(line => line.Section is 2 or 3 && !line.Line.Contains("/test", StringComparison.Ordinal)))
                await guide.TypeAsync(line);
            await guide.HearAsync("listening on", 1);
            (await guide.TypeAsync(Line(3, "/test"))).ShouldContain("\"delivered\":true");
            var secret = Secret().Match(await guide.TypeAsync("echo $WEBHOOK_SECRET")).Value;
            await TakesWhatIsGenuineAloneAsync(new Uri($"http://127.0.0.1:{port}/"), secret, shop, customer);

            await guide.TypeAsync(Line(4, "/say"));
            await AnsweredAsync(customer, "Is the mug still there?");
            (await guide.TypeAsync(Line(4, "/messages?"))).ShouldContain("Thank you for");
            var byHand = Sent().Match(await guide.TypeAsync(Line(4, "/send"))).Value;
            byHand.ShouldNotBeEmpty();
            Sent().Match(await guide.TypeAsync(Line(4, "/send"))).Value.ShouldBe(byHand, "the same key is the same message");

            foreach (var (_, line) in lines.Where(line => line.Section == 5 && !line.Line.Contains("$URL", StringComparison.Ordinal)))
                await guide.TypeAsync(line);
            var received = await shop.Events.WaitForAsync(made => made.Type == "message.received", 3);
            Forget(state, received[0].Id);
            // Nothing is posted for now: what is answered, the feed has shown.
            var endpoint = Endpoint().Match(await guide.TypeAsync("echo $ENDPOINT")).Value;
            (await shop.Api.PatchAsync($"/api/v1/webhook-endpoints/{endpoint}", new { state = "paused" })).Expect(200);
            await guide.TypeAsync(start);
            await AnsweredAsync(customer, "And in blue?");
            await AnsweredAsync(customer, "Or in green?");
            (await shop.Api.PatchAsync($"/api/v1/webhook-endpoints/{endpoint}", new { state = "active" })).Expect(200);
            (await guide.TypeAsync(Line(5, "/deliveries"))).ShouldContain(received[2].Id);
            var replay = Replay().Match(await guide.TypeAsync(Line(5, "/replay"))).Value;
            await Until.TrueAsync(
                async () => (await shop.Api.GetAsync($"/api/v1/webhook-endpoints/{endpoint}/replays/{replay}"))
                    .Expect(200).Text("state") == "done",
                Patience.Long,
                () => "the replay is not done");

            string[] texts = ["Is the mug still there?", "And in blue?", "Or in green?"];
            shop.Meta.Sends.All.Where(send => send.Recipient == customer.Igsid).Select(send => send.Text)
                .ShouldBe([.. texts.Select(Thanks), "Yes, it is!"], ignoreOrder: true);
            var handled = await File.ReadAllLinesAsync(Path.Combine(state, "handled.txt"));
            handled.ShouldBeUnique();
            received.Select(made => made.Id).ShouldBeSubsetOf(handled);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{error.Message}\nThe shell said:\n{guide.Said}", error);
        }

        string Line(int section, string part) =>
            lines.Single(line => line.Section == section && line.Line.Contains(part, StringComparison.Ordinal)).Line;

        Task AnsweredAsync(Customer to, string text) =>
            shop.Meta.Sends.WaitForAsync(send => send.Recipient == to.Igsid && send.Text == Thanks(text));
    }

    private static string Thanks(string text) => $"Thank you for \"{text}\"!";

    /// <summary>As if the process had died after the answer and before it was remembered.</summary>
    private static void Forget(string state, string eventId)
    {
        var file = Path.Combine(state, "handled.txt");
        var ids = File.ReadAllLines(file);
        ids.ShouldContain(eventId);
        File.WriteAllText(file, string.Concat(ids.Where(id => id != eventId).Select(id => id + "\n")));
    }

    /// <summary>What is not answered: a type of tomorrow, what is too old to be answered, and whatever the product did not post.</summary>
    private static async Task TakesWhatIsGenuineAloneAsync(Uri receiver, string secret, Shop shop, Customer customer)
    {
        const string ofTomorrow = """{"id":"evt_tomorrow","sequence":1,"type":"of.tomorrow","data":{"mood":"good"}}""";
        var message = new
        {
            id = "msg_1",
            account_id = shop.AccountId,
            kind = "text",
            text = "Of long ago",
            history = false,
            sent_at = "2026-01-01T00:00:00.000Z",
            received_at = "2026-01-01T00:00:00.000Z",
        };
        var data = new { message, contact = new { id = customer.Igsid } };
        var late = JsonSerializer.Serialize(new { id = "evt_late", sequence = 2, type = "message.received", data });
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        (await PostAsync(late, now, secret)).ShouldBe(204);
        (await PostAsync(ofTomorrow, now, secret)).ShouldBe(204);
        (await PostAsync(ofTomorrow, now, secret)).ShouldBe(204, "the same once more");
        (await PostAsync(ofTomorrow, now, "whsec_" + Convert.ToBase64String("another"u8))).ShouldBe(401);
        (await PostAsync(ofTomorrow, now - 310, secret)).ShouldBe(401);
        (await PostAsync(ofTomorrow, now + 310, secret)).ShouldBe(401);
        (await PostAsync(ofTomorrow, now, secret, tampered: " ")).ShouldBe(401);
        using var bare = await Stranger.PostAsync(receiver, new StringContent("{}"));
        ((int)bare.StatusCode).ShouldBe(401);

        async Task<int> PostAsync(string body, long timestamp, string secretOfSender, string tampered = "")
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, receiver) { Content = new StringContent(body + tampered) };
            request.Headers.Add("webhook-id", "evt_1");
            request.Headers.Add("webhook-timestamp", $"{timestamp}");
            request.Headers.Add(
                "webhook-signature",
                WebhookSigner.Standard([WebhookSigner.KeyOf(secretOfSender)], "evt_1", timestamp, Encoding.UTF8.GetBytes(body)));
            using var answer = await Stranger.SendAsync(request);
            return (int)answer.StatusCode;
        }
    }

    [GeneratedRegex(@"(?<=""message_id"":"")msg_\w+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sent();

    [GeneratedRegex(@"rpl_\w+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Replay();

    [GeneratedRegex(@"whe_\w+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Endpoint();

    [GeneratedRegex(@"whsec_[\w+/=]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Secret();
}
