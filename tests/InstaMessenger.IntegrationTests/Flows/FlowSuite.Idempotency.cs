using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Faults;

namespace InstaMessenger.IntegrationTests.Flows;

public abstract partial class FlowSuite
{
    [Fact]
    public async Task A_repeated_key_gives_the_first_answer_again_and_sends_nothing()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var key = ("Idempotency-Key", $"key-{Shop.NewNumber()}");

        var first = await shop.SendAsync(customer, "once", key);
        var second = await shop.SendAsync(customer, "once", key);

        first.Expect(200);
        second.Expect(200).ToJsonString().ShouldBe(first.Json.ToJsonString());
        first.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
        second.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        shop.Meta.AcceptedCount(customer.Igsid, "once").ShouldBe(1);
        (await shop.SendAsync(customer, "something else", key)).ExpectProblem(422, "idempotency_key_reused");
        shop.Meta.AcceptedCount(customer.Igsid, "something else").ShouldBe(0);
    }

    [Fact]
    public async Task A_key_is_its_callers_own_and_the_header_wins_over_the_field()
    {
        var (shop, other) = (await OpenShopAsync(), await OpenShopAsync());
        var (customer, stranger) = (await shop.NewWriterAsync(), await other.NewWriterAsync());
        var key = $"key-{Shop.NewNumber()}";
        (await shop.SendAsync(customer, "mine", ("Idempotency-Key", key))).Expect(200);
        (await other.SendAsync(stranger, "theirs", ("Idempotency-Key", key))).Expect(200).Text("account_id").ShouldBe(other.AccountId);

        var body = new { account_id = shop.AccountId, recipient_id = customer.Igsid, message = "mine", idempotency_key = "another" };
        var replay = await shop.Api.PostAsync("/api/v1/messages/send", body, ("Idempotency-Key", key));
        replay.Expect(200);
        replay.Headers.Contains("Idempotent-Replayed").ShouldBeTrue();
        shop.Meta.AcceptedCount(customer.Igsid, "mine").ShouldBe(1);
    }

    [Fact]
    [InEveryForm]
    public async Task Sixty_four_at_once_with_one_key_have_one_effect()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        shop.Meta.SendFaults.Next(Fault.Latency(200), account: shop.InstagramId);
        var key = ("Idempotency-Key", $"key-{Shop.NewNumber()}");

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => shop.SendAsync(customer, "exactly once", key)));

        answers.ShouldAllBe(answer => answer.Status == 200 || answer.Status == 202 || answer.Status == 409);
        answers.Where(answer => answer.Status < 300).Select(answer => answer.Json.Text("message_id")).Distinct().ShouldHaveSingleItem();
        answers.Count(answer => answer.Status < 300 && !answer.Headers.Contains("Idempotent-Replayed")).ShouldBe(1);
        shop.Meta.AcceptedCount(customer.Igsid, "exactly once").ShouldBe(1);
        (await shop.ThreadAsync(customer)).Count(message => message.Text("direction") == "outbound").ShouldBe(1);
    }
}
