using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Outbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store.Outbound;

/// <summary>The clock stands at 2026-05-01T12:00:00Z until a test moves it.</summary>
public sealed class ScheduledSendTests : SendTests
{
    [Fact]
    public async Task It_is_sent_when_it_is_due_and_its_parts_in_order()
    {
        await CustomerWroteAsync(Clock.GetUtcNow());
        var response = await SendAsync(
            """{TO,"message":"hi","attachment_url":"https://a.example/a.png","schedule_at":"2026-05-02T08:00:00+02:00"}""");
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var accepted = await Json(response);
        (Text(accepted, "status"), Text(accepted, "schedule_at")).ShouldBe(("scheduled", "2026-05-02T06:00:00.000Z"));
        await RoundAsync();
        Sender.Commands.ShouldBeEmpty();

        Clock.Advance(TimeSpan.FromHours(18));
        await RoundAsync();
        await RoundAsync();

        await Until(() => Sender.Commands.Count == 2);
        Sender.Commands.Select(command => command.Content).ShouldBe(
            [new OutgoingMedia("image", "https://a.example/a.png"), new OutgoingText("hi")]);
        Sender.Commands.Last().After.ShouldBe(Sender.Commands.First().MessageId);
        Sender.Commands.First().ExpiresAt.ShouldBe(Clock.GetUtcNow().AddHours(6));
        (await StatusAsync(accepted)).ShouldBe("pending");
        await using var db = Store.Read();
        (await db.Set<ScheduledSend>().CountAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("2026-05-01T12:00:00Z", 422, "schedule_at")]
    [InlineData("2026-05-31T12:00:01Z", 422, "schedule_at")]
    [InlineData("2026-05-01T14:00:00", 422, "schedule_at")]
    [InlineData("tomorrow", 422, "schedule_at")]
    [InlineData("2026-05-02T12:00:01Z", 409, "24_hours")]
    [InlineData("2026-05-02T12:00:00Z", 202, "")]
    public async Task It_is_refused_when_its_time_is_none_or_the_window_will_be_closed_then(string at, int status, string why)
    {
        await CustomerWroteAsync(Clock.GetUtcNow());

        var response = await SendAsync($$"""{TO,"message":"hi","schedule_at":"{{at}}"}""");

        ((int)response.StatusCode).ShouldBe(status);
        var body = await Json(response);
        if (status == 422) body.GetProperty("errors").TryGetProperty(why, out _).ShouldBeTrue();
        if (status == 409) Text(body, "rule").ShouldBe(why);
    }

    /// <summary>It said that the customer wrote more than 24 hours ago, who wrote just now.</summary>
    [Theory]
    [InlineData("2026-05-02T12:00:01Z", "Say \"sent_by\":\"human\" if a person wrote it.")]
    [InlineData("2026-05-08T12:00:01Z", "Wait until the customer writes: that opens the window again.")]
    public async Task A_window_that_will_be_closed_is_told_as_what_will_be(string at, string nextStep)
    {
        await CustomerWroteAsync(Clock.GetUtcNow());
        var later = await Json(await SendAsync($$"""{TO,"message":"hi","schedule_at":"{{at}}"}"""));
        var closes = later.GetProperty("closed_at").GetDateTimeOffset();
        Text(later, "next_step").ShouldBe($"Give an earlier time; else: {char.ToLowerInvariant(nextStep[0])}{nextStep[1..]}");
        Text(later, "detail").ShouldBe(
            $"It could be sent until {closes:yyyy-MM-ddTHH:mm:ssZ}, and is due after that. {Text(later, "next_step")}");

        // What is forbidden already is told as it is.
        Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));
        var now = await Json(await SendAsync(
            $$"""{TO,"message":"hi","schedule_at":"{{Clock.GetUtcNow().AddHours(1):yyyy-MM-ddTHH:mm:ssZ}}"}"""));
        Text(now, "detail").ShouldStartWith("The customer last wrote more than 7 days ago.");
    }

    [Fact]
    public async Task A_person_may_schedule_for_seven_days_and_it_goes_tagged()
    {
        await CustomerWroteAsync(Clock.GetUtcNow());
        await SendAsync("""{TO,"message":"hi","sent_by":"human","schedule_at":"2026-05-04T12:00:00Z"}""");
        Clock.Advance(TimeSpan.FromDays(3));

        await RoundAsync();

        await Until(() => Sender.Commands.Count == 1);
        Sender.Commands.Single().HumanAgentTag.ShouldBeTrue();
    }

    [Fact]
    public async Task One_whose_process_was_down_goes_out_late_or_fails_when_the_window_has_closed_meanwhile()
    {
        await CustomerWroteAsync(Clock.GetUtcNow());
        var late = await Json(await SendAsync("""{TO,"message":"late","schedule_at":"2026-05-02T06:00:00Z"}"""));
        var lost = await Json(await SendAsync("""{TO,"message":"lost","schedule_at":"2026-05-02T11:00:00Z"}"""));
        Clock.Advance(TimeSpan.FromHours(20));
        await RoundAsync();
        await Until(() => Sender.Commands.Count == 1);
        Clock.Advance(TimeSpan.FromHours(10));

        await RoundAsync();

        (await StatusAsync(late)).ShouldBe("pending");
        (await StatusAsync(lost)).ShouldBe("failed");
        var answer = await Crm.GetFromJsonAsync<JsonElement>($"/api/v1/messages/{Text(lost, "message_id")}");
        Text(answer.GetProperty("error"), "code").ShouldBe("window_closed");
        Sender.Commands.Count.ShouldBe(1);
    }

    [Fact]
    public async Task One_that_is_cancelled_is_not_sent_and_those_beside_it_are()
    {
        await CustomerWroteAsync(Clock.GetUtcNow());
        var accepted = await Json(await SendAsync(
            """{TO,"message":"hi","attachment_url":"https://a.example/a.png","schedule_at":"2026-05-02T06:00:00Z"}"""));
        var picture = Text(accepted.GetProperty("messages")[0], "message_id");

        var cancelled = await Crm.DeleteAsync($"/api/v1/messages/{picture}");

        cancelled.StatusCode.ShouldBe(HttpStatusCode.OK);
        Text(await Json(cancelled), "status").ShouldBe("cancelled");
        (await Crm.DeleteAsync($"/api/v1/messages/{picture}")).StatusCode.ShouldBe(HttpStatusCode.OK, "it is what was asked for");
        Clock.Advance(TimeSpan.FromHours(19));
        await RoundAsync();
        await Until(() => Sender.Commands.Count == 1);
        Sender.Commands.Single().Content.ShouldBe(new OutgoingText("hi"));
        Sender.Commands.Single().After.ShouldBeNull();
    }

    [Fact]
    public async Task A_private_reply_can_be_scheduled_and_one_that_is_cancelled_leaves_the_comment_open()
    {
        var comment = await CommentAsync("42", Clock.GetUtcNow());
        var body = $"{{\"account_id\":\"{Account.Id}\",\"comment_id\":\"{comment}\",\"message\":\"hi\"";
        var first = await Json(await SendAsync(body + ",\"schedule_at\":\"2026-05-03T12:00:00Z\"}"));
        (await SendAsync(body + "}")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await Crm.DeleteAsync($"/api/v1/messages/{Text(first, "message_id")}");
        Text(await Json(await SendAsync(body + ",\"schedule_at\":\"2026-05-04T12:00:00Z\"}")), "status").ShouldBe("scheduled");
        Clock.Advance(TimeSpan.FromDays(4));

        await RoundAsync();

        await Until(() => Sender.Commands.Count == 1);
        Sender.Commands.Single().Content!.CommentId.ShouldBe(comment);
    }

    [Fact]
    public async Task A_private_reply_that_is_refused_when_it_is_due_leaves_the_comment_open()
    {
        var comment = await CommentAsync("42", Clock.GetUtcNow());
        var body = $"{{\"account_id\":\"{Account.Id}\",\"comment_id\":\"{comment}\",\"message\":\"hi\"";
        var first = await Json(await SendAsync(body + ",\"schedule_at\":\"2026-05-03T12:00:00Z\"}"));
        await ChangeAccountAsync(account => account.Unlink(Clock.GetUtcNow()));
        Clock.Advance(TimeSpan.FromDays(3));
        await RoundAsync();
        (await ErrorOfAsync(first)).ShouldBe("account_unlinked");
        await ChangeAccountAsync(account => account.Link(
            new AccountLink("shop", LoginType.Instagram, "protected", null, null, null), Clock.GetUtcNow()));
        Sender.Report = FakeSender.Script.Send;

        Text(await Json(await SendAsync(body + "}")), "status").ShouldBe("sent");
    }

    [Fact]
    public async Task A_private_reply_that_is_due_too_late_fails_for_its_comment()
    {
        var comment = await CommentAsync("42", Clock.GetUtcNow());
        var reply = await Json(await SendAsync(
            $"{{\"account_id\":\"{Account.Id}\",\"comment_id\":\"{comment}\",\"message\":\"hi\","
            + "\"schedule_at\":\"2026-05-08T11:00:00Z\"}"));
        Clock.Advance(TimeSpan.FromDays(8));

        await RoundAsync();

        (await ErrorOfAsync(reply)).ShouldBe("comment_not_repliable");
    }

    [Fact]
    public async Task Two_workers_that_find_the_same_one_send_it_once()
    {
        await CustomerWroteAsync(Clock.GetUtcNow());
        await SendAsync("""{TO,"message":"hi","schedule_at":"2026-05-02T06:00:00Z"}""");
        Clock.Advance(TimeSpan.FromHours(19));

        await Task.WhenAll(RoundAsync(), RoundAsync(), RoundAsync());
        await SendAsync("""{TO,"message":"behind"}""", prefer: "wait=0");

        await Until(() => Sender.Commands.Any(command => command.Content is OutgoingText { Text: "behind" }));
        Sender.Commands.Count.ShouldBe(2);
    }

    private Task<NextRound> RoundAsync() =>
        Store.Services.GetRequiredService<ScheduledSends>().RoundAsync(CancellationToken.None);

    private Task ChangeAccountAsync(Action<Account> change) => Store.UnitOfWork.ExecuteAsync(
        async scope => change(await scope.Db.Accounts.SingleAsync(row => row.Id == Account.Id)));

    private async Task<string?> ErrorOfAsync(JsonElement accepted) => Text(
        (await Crm.GetFromJsonAsync<JsonElement>($"/api/v1/messages/{Text(accepted, "message_id")}")).GetProperty("error"), "code");

    private async Task<string?> StatusAsync(JsonElement accepted) =>
        Text(await Crm.GetFromJsonAsync<JsonElement>($"/api/v1/messages/{Text(accepted, "message_id")}"), "status");

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
