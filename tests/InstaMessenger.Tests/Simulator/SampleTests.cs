using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Simulator;
using InstaMessenger.Simulator.Sample;
using InstaMessenger.Tests.Store;
using InstaMessenger.Tests.Store.Inbound;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Simulator;

/// <summary>What a demo shows.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task A_demo_opens_with_fifteen_conversations_of_every_kind_answered_and_not()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var shop = await InboundShop.OpenAsync();
        await SampleConversations.PlayAsync(simulator.Meta, InboundShop.Id, "http://localhost/cdn/");

        // There is nobody at Meta's callback here; this is what came to nobody.
        await shop.Store.ReceiveAsync([.. simulator.Meta.Webhooks.Attempts.All.Select(attempt => attempt.Body!)]);

        await using var db = shop.Store.Read();
        (await db.Conversations.CountAsync(thread => thread.LastMessageId != null)).ShouldBe(15);
        (await db.Messages.Select(message => message.Kind).Distinct().CountAsync()).ShouldBeGreaterThan(12);
        var events = await db.Events.Select(row => row.Type).Distinct().ToListAsync();
        events.ShouldBeSubsetOf(
            [
                "message.received", "message.sent", "message.reaction", "message.read", "message.edited", "message.deleted",
                "postback.received",
            ]);
        events.Count.ShouldBe(7);
        var now = TimeProvider.System.GetUtcNow();
        var last = await db.Conversations.Select(thread => thread.LastInboundAt).ToListAsync();
        last.ShouldContain(at => at < now.AddDays(-7), "a window is closed");
        last.ShouldContain(at => at > now.AddHours(-24) && at < now.AddHours(-20), "a window closes");
        last.ShouldContain(at => at > now.AddHours(-1), "somebody wrote just now");
    }

    [Fact]
    public async Task Its_customers_read_and_answer_what_they_are_sent_and_begin_by_themselves_until_they_are_tired()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var people = SampleConversations.People(simulator.Meta, InboundShop.Id);
        var life = new SampleLife(simulator.Meta, people);
        await people[3].HearFromAppAsync("May I help you?");

        for (var step = 0; step < 3; step++) await life.StepAsync();

        people[3].Messages.Select(message => message.FromCustomer).ShouldBe([false, true]);
        simulator.Meta.Webhooks.Attempts.All.ShouldContain(attempt => attempt.Body!.Contains("\"read\"", StringComparison.Ordinal));
        for (var step = 0; step < 3_000; step++) await life.StepAsync();
        var own = people.Sum(customer => customer.Messages.Count) - 2;
        own.ShouldBeInRange(15, 60);
    }

    [Fact]
    public async Task The_link_of_a_demo_opens_the_inbox_signed_in_for_who_has_it()
    {
        await using var store = await StoreOverHttp.StartAsync();
        var options = new SimulatorOptions();
        (options.Inbox.Url, options.Inbox.Username, options.Inbox.Password, options.Inbox.Code) =
            (store.Http.BaseAddress, StoreOverHttp.Admin, StoreOverHttp.AdminPassword, "a code");
        await using var simulator = await SimulatorHost.StartAsync(options);
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = simulator.BaseAddress,
        };

        (await browser.GetAsync("inbox")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await browser.GetAsync("inbox?code=another")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var opened = await browser.GetAsync("inbox?code=a%20code");

        opened.StatusCode.ShouldBe(HttpStatusCode.Found);
        var here = simulator.BaseAddress.GetLeftPart(UriPartial.Authority);
        opened.Headers.Location.ShouldBe(new Uri(store.Http.BaseAddress!, $"#simulator={here}"));
        var cookie = opened.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem();
        cookie.ShouldContain("httponly", Case.Insensitive);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(store.Http.BaseAddress!, "/api/v1/me"));
        request.Headers.Add("Cookie", cookie.Split(';')[0]);
        using var me = await browser.SendAsync(request);
        (await me.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("user_id").GetString()!.ShouldStartWith("usr_");
    }

    [Fact]
    public async Task Nobody_is_signed_in_by_a_simulator_that_was_not_told_how()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        using var browser = new HttpClient { BaseAddress = simulator.BaseAddress };

        (await browser.GetAsync("inbox?code=")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await browser.GetAsync("inbox")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
