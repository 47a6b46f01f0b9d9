using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Outbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store.Outbound;

/// <summary>A private reply to a comment: once, within 7 days, and what cannot work is known before Meta is asked.</summary>
public sealed class PrivateReplyTests : SendTests
{
    [Fact]
    public async Task It_goes_to_who_commented_once_and_until_they_write_nothing_else_does()
    {
        Sender.Report = FakeSender.Script.Send;
        var comment = await CommentAsync("42", Clock.GetUtcNow().AddDays(-2));

        var sent = await Json(await ReplyAsync(comment));

        (Text(sent, "status"), Text(sent, "recipient_id")).ShouldBe(("sent", "42"));
        var command = Sender.Commands.ShouldHaveSingleItem();
        command.Content.ShouldBe(new OutgoingText("Sent you a message") { CommentId = comment });
        (command.RecipientId.Value, command.HumanAgentTag).ShouldBe(("42", false));
        command.ExpiresAt.ShouldBe(Clock.GetUtcNow().AddDays(5));
        var again = await ReplyAsync(comment);
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var problem = await Json(again);
        (Text(problem, "code"), Text(problem, "rule")).ShouldBe(("comment_not_repliable", "one_private_reply"));
        Text(await Json(await SendAsync("""{TO,"message":"and one more"}""")), "rule").ShouldBe("private_reply_unanswered");
        (await WindowAsync()).ShouldBe(("closed", "2026-05-01T12:00:00.000Z"));

        await ReceiveAsync(MetaPayloads.Envelope("17841400000000000", Clock.GetUtcNow(), MetaPayloads.Text(
            "17841400000000000", "42", "m1", "thanks", Clock.GetUtcNow())));
        Text(await Json(await SendAsync("""{TO,"message":"and one more"}""")), "status").ShouldBe("sent");
    }

    [Fact]
    public async Task One_that_Meta_refused_leaves_the_comment_open()
    {
        var comment = await CommentAsync("42", Clock.GetUtcNow());
        Sender.Report = FakeSender.Script.Refuse;
        Text(await Json(await ReplyAsync(comment)), "status").ShouldBe("failed");

        Sender.Report = FakeSender.Script.Send;

        Text(await Json(await ReplyAsync(comment)), "status").ShouldBe("sent");
    }

    [Fact]
    public async Task One_that_Meta_refused_opens_the_thread_only_when_no_other_one_went_out()
    {
        var first = await CommentAsync("42", Clock.GetUtcNow());
        var second = await CommentAsync("42", Clock.GetUtcNow(), "17890000000000002");
        Sender.Report = FakeSender.Script.Send;
        await ReplyAsync(first);
        Clock.Advance(TimeSpan.FromMinutes(1));
        Sender.Report = FakeSender.Script.Refuse;
        Text(await Json(await ReplyAsync(second)), "status").ShouldBe("failed");
        Sender.Report = FakeSender.Script.Send;

        Text(await Json(await SendAsync("""{TO,"message":"and one more"}""")), "rule").ShouldBe("private_reply_unanswered");
        (await WindowAsync()).ShouldBe(("closed", "2026-05-01T12:00:00.000Z"));
        Text(await Json(await ReplyAsync(second)), "status").ShouldBe("sent", "its own comment is open");
    }

    [Fact]
    public async Task One_whose_comment_Meta_says_takes_none_is_not_asked_for_again()
    {
        var comment = await CommentAsync("42", Clock.GetUtcNow());
        Sender.Report = command => FakeSender.Script.Refuse(command)! with
        {
            Error = new SendError("comment_not_repliable", "The comment takes no private reply.", false, null),
        };
        Text(await Json(await ReplyAsync(comment)), "status").ShouldBe("failed");

        var problem = await Json(await ReplyAsync(comment));

        (Text(problem, "code"), Text(problem, "rule")).ShouldBe(("comment_not_repliable", "comment_closed"));
        Sender.Commands.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_unknown_one_that_is_given_up_for_its_retry_opens_neither_comment_nor_thread()
    {
        var comment = await CommentAsync("42", Clock.GetUtcNow());
        Sender.Report = FakeSender.Script.LoseSight;
        var unknown = Text(await Json(await ReplyAsync(comment)), "message_id")!;
        Sender.Report = FakeSender.Script.Send;
        var retried = await Crm.PostAsJsonAsync($"/api/v1/messages/{unknown}/retry", new { even_if_it_may_double = true });
        Text(await Json(retried), "status").ShouldBe("sent");

        await ReportAsync(Reports.Of(MessageId.Parse(unknown), Account.Id, SendOutcome.Rejected));

        Text(await Json(await SendAsync("""{TO,"message":"and one more"}""")), "rule").ShouldBe("private_reply_unanswered");
        Text(await Json(await ReplyAsync(comment)), "rule").ShouldBe("one_private_reply");
    }

    [Fact]
    public async Task One_that_failed_is_sent_anew_by_the_rules_of_its_comment_and_not_of_the_thread()
    {
        await CustomerWroteAsync(Clock.GetUtcNow());
        var comment = await CommentAsync("42", Clock.GetUtcNow().AddDays(-6).AddHours(-23));
        Sender.Report = command => FakeSender.Script.Refuse(command)! with { Error = new SendError("why_not", "Because.", true, null) };
        var failed = Text(await Json(await ReplyAsync(comment)), "message_id");
        Clock.Advance(TimeSpan.FromHours(2));

        var problem = await Json(await Crm.PostAsync($"/api/v1/messages/{failed}/retry", null));

        (Text(problem, "code"), Text(problem, "rule")).ShouldBe(("comment_not_repliable", "comment_7_days"));
    }

    [Fact]
    public async Task One_of_which_nobody_knows_whether_it_went_out_keeps_the_comment_taken()
    {
        var comment = await CommentAsync("42", Clock.GetUtcNow());
        Sender.Report = FakeSender.Script.LoseSight;
        Text(await Json(await ReplyAsync(comment)), "status").ShouldBe("unknown");

        Text(await Json(await ReplyAsync(comment)), "rule").ShouldBe("one_private_reply");
    }

    [Fact]
    public async Task A_comment_that_we_do_not_have_needs_its_author_and_is_Metas_to_judge()
    {
        Sender.Report = FakeSender.Script.Send;
        var alone = await ReplyAsync("17890000000000009");
        alone.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Json(alone)).GetProperty("errors").GetProperty("comment_id")[0].GetString()!.ShouldContain("recipient_id");

        Text(await Json(await ReplyAsync("17890000000000009", ",\"recipient_id\":\"42\"")), "status").ShouldBe("sent");
        Text(await Json(await ReplyAsync("17890000000000009", ",\"recipient_id\":\"42\"")), "rule").ShouldBe("one_private_reply");
    }

    [Theory]
    [InlineData("\"comment_id\":\"abc\",\"message\":\"hi\"", "comment_id")]
    [InlineData("\"comment_id\":\"17890000000000001\",\"recipient_id\":\"43\",\"message\":\"hi\"", "recipient_id")]
    [InlineData("\"comment_id\":\"17890000000000001\",\"message\":\"hi\",\"sticker\":\"like_heart\"", "comment_id")]
    [InlineData("\"comment_id\":\"17890000000000001\",\"message\":\"hi\",\"reply_to_message_id\":\"msg_1\"", "reply_to_message_id")]
    [InlineData("\"message\":\"hi\"", "recipient_id")]
    public async Task What_cannot_be_is_refused_by_its_field(string body, string field)
    {
        await CommentAsync("42", Clock.GetUtcNow());

        var refused = await SendAsync($"{{\"account_id\":\"{Account.Id}\",{body}}}");

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Json(refused)).GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe([field]);
        Sender.Commands.ShouldBeEmpty();
    }

    /// <summary>Its time was read with all others', and no comment of any account was ever forgotten again.</summary>
    [Fact]
    public async Task A_comment_whose_time_cannot_be_read_keeps_no_other_from_being_forgotten()
    {
        var rotten = await CommentAsync("42", Clock.GetUtcNow().AddDays(-40), "17890000000000001");
        var old = await CommentAsync("43", Clock.GetUtcNow().AddDays(-31), "17890000000000002");
        var kept = await CommentAsync("44", Clock.GetUtcNow().AddDays(-1), "17890000000000003");
        await Store.UnitOfWork.ExecuteAsync(scope => scope.Db.Database.ExecuteSqlAsync(
            $"UPDATE comments SET commented_at = -9223372036854775807 WHERE comment_id = {rotten}"));

        await Store.Services.GetRequiredService<CommentSweep>().RoundAsync(default);

        await using var db = Store.Read();
        var ids = await db.Comments.Select(row => row.CommentId).ToListAsync();
        ids.ShouldBe([kept], $"{old} is over, and {rotten} older still");
    }

    [Fact]
    public async Task Ten_at_once_have_one_effect()
    {
        Sender.Report = FakeSender.Script.Send;
        var comment = await CommentAsync("42", Clock.GetUtcNow());

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ReplyAsync(comment)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        Sender.Commands.ShouldHaveSingleItem();
    }

    private Task<HttpResponseMessage> ReplyAsync(string comment, string more = "") =>
        SendAsync($"{{\"account_id\":\"{Account.Id}\",\"comment_id\":\"{comment}\",\"message\":\"Sent you a message\"{more}}}");

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
