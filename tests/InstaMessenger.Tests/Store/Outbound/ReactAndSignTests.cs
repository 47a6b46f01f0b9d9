using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Store.Outbound;

/// <summary>What is done in a thread and is no message: reactions, and the signs that somebody types or has seen.</summary>
public sealed class ReactAndSignTests : SendTests
{
    [Fact]
    public async Task A_reaction_is_on_the_message_once_Meta_took_it_and_its_webhook_changes_nothing()
    {
        await CustomerWroteAsync(Clock.GetUtcNow().AddHours(-1));
        Sender.Report = command => Report(command, SendOutcome.Sent);

        var accepted = await Crm.PostAsJsonAsync($"/api/v1/messages/{await IdAsync()}/reaction", new { reaction = "love" });

        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await Json(accepted)).GetProperty("status").GetString().ShouldBe("pending");
        await Until(() => Sender.Commands.Count == 1);
        Sender.Commands.Single().Content.ShouldBe(new OutgoingReaction(InstagramMessageId.Parse("in-1"), "love"));
        var told = await EventAsync("message.reaction");
        told.GetProperty("reaction").GetProperty("by").GetString().ShouldBe("business");
        (await ReactionsAsync()).ShouldBe(["love"]);

        Clock.Advance(TimeSpan.FromSeconds(10));
        Sender.Report = command => Report(command, SendOutcome.Sent) with { At = Clock.GetUtcNow() };
        (await Crm.DeleteAsync($"/api/v1/messages/{await IdAsync()}/reaction")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await Until(async () => (await ReactionsAsync()).Count == 0);
    }

    [Fact]
    public async Task One_that_Meta_refuses_is_told()
    {
        await CustomerWroteAsync(Clock.GetUtcNow().AddHours(-1));
        Sender.Report = command => Report(command, SendOutcome.Rejected);

        await Crm.PostAsJsonAsync($"/api/v1/messages/{await IdAsync()}/reaction", new { reaction = "love" });

        var told = await EventAsync("message.reaction_failed");
        told.GetProperty("error").GetProperty("code").GetString().ShouldBe("why_not");
        (await ReactionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_cannot_be_reacted_to_is_refused_before_Meta()
    {
        await CustomerWroteAsync(Clock.GetUtcNow().AddHours(-25));
        var id = await IdAsync();

        var old = await Crm.PostAsJsonAsync($"/api/v1/messages/{id}/reaction", new { reaction = "love" });
        old.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await Json(old)).GetProperty("rule").GetString().ShouldBe("24_hours");
        (await Crm.PostAsJsonAsync($"/api/v1/messages/{id}/reaction", new { reaction = "haha" })).StatusCode
            .ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Crm.PostAsJsonAsync("/api/v1/messages/msg_1/reaction", new { reaction = "love" })).StatusCode
            .ShouldBe(HttpStatusCode.NotFound);
        var own = (await Json(await SendAsync("""{TO,"message":"hi","sent_by":"human"}""", prefer: "wait=0"))).GetProperty("message_id");
        var toOwn = await Crm.PostAsJsonAsync($"/api/v1/messages/{own.GetString()}/reaction", new { reaction = "love" });
        (await Json(toOwn)).GetProperty("code").GetString().ShouldBe("not_reactable");
        Sender.Commands.ShouldAllBe(command => command.Content is OutgoingText);
    }

    [Fact]
    public async Task That_somebody_types_is_shown_while_the_window_is_open()
    {
        await CustomerWroteAsync(Clock.GetUtcNow().AddHours(-1));
        var conversation = await ConversationAsync();

        foreach (var on in (bool[])[true, false])
        {
            (await Crm.PostAsJsonAsync($"/ui/conversations/{conversation}/typing", new { on })).StatusCode
                .ShouldBe(HttpStatusCode.NoContent);
        }

        await Until(() => Sender.Signs.Count == 2);
        Sender.Signs.Select(sign => (sign.ContactId.Value, sign.Sign)).ShouldBe([("42", Sign.TypingOn), ("42", Sign.TypingOff)]);
        (await Crm.PostAsJsonAsync($"/ui/conversations/{conversation}/typing", new { })).StatusCode
            .ShouldBe(HttpStatusCode.UnprocessableEntity);
        Clock.Advance(TimeSpan.FromDays(2));
        (await Crm.PostAsJsonAsync($"/ui/conversations/{conversation}/typing", new { on = true })).StatusCode
            .ShouldBe(HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task That_a_thread_was_read_is_shown_if_the_account_wants_it(bool markSeen, int signs)
    {
        await CustomerWroteAsync(Clock.GetUtcNow().AddHours(-1));
        await Store.UnitOfWork.ExecuteAsync(
            async scope => (await scope.Db.Accounts.SingleAsync(row => row.Id == Account.Id)).Configure(null, markSeen));

        (await Crm.PostAsync($"/ui/conversations/{await ConversationAsync()}/read", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await SendAsync("""{TO,"message":"hi"}""", prefer: "wait=0");
        await Until(() => Sender.Commands.Count == 1);

        Sender.Signs.Count(sign => sign.Sign == Sign.MarkSeen).ShouldBe(signs);
    }

    private static SendReported Report(SendMessage command, SendOutcome outcome) =>
        Reports.Of(command.MessageId, command.AccountId, outcome) with { Reaction = command.Content as OutgoingReaction };

    private async Task<string> IdAsync()
    {
        await using var db = Store.Read();
        return (await db.Messages.SingleAsync(message => message.Direction == Direction.Inbound)).Id.Value;
    }

    private async Task<string> ConversationAsync()
    {
        await using var db = Store.Read();
        return (await db.Conversations.SingleAsync()).Id.Value;
    }

    private async Task<List<string?>> ReactionsAsync()
    {
        await using var db = Store.Read();
        var message = await db.Messages.SingleAsync(row => row.Direction == Direction.Inbound);
        return [.. (message.Changes?.Reactions ?? []).Where(reaction => !reaction.IsTakenBack).Select(reaction => reaction.Name)];
    }

    private async Task<JsonElement> EventAsync(string type)
    {
        byte[]? body = null;
        await Until(async () =>
        {
            await using var db = Store.Read();
            body = await db.Events.Where(row => row.Type == type).Select(row => row.Body).FirstOrDefaultAsync();
            return body is not null;
        });
        return JsonElement.Parse(body!).GetProperty("data");
    }
}
