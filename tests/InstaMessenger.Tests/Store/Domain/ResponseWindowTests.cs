using System.Text.Json.Nodes;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;
using static InstaMessenger.Tests.Store.Inbound.InboundShop;

namespace InstaMessenger.Tests.Store.Domain;

public sealed class ResponseWindowTests
{
    private const int Day = 24 * 60;
    private const int Week = 7 * Day;
    private static readonly DateTimeOffset Now = new(2026, 5, 8, 12, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Minutes since the customer wrote (null: never, as far as we know), who writes now, and whether the account has Meta's Human Agent
    /// feature; then the state that is shown, what it comes to (<c>free</c>, <c>tagged</c>, or the rule that forbids it), and when
    /// the permit ends or the rule began, in minutes after the customer's message.
    /// </summary>
    [Theory]
    [InlineData(0, "Automation", true, "Open", "free", Day)]
    [InlineData(-1, "Undeclared", true, "Open", "free", Day)]
    [InlineData(1439, "Human", true, "Open", "free", Day)]
    [InlineData(1439, "Human", false, "Open", "free", Day)]
    [InlineData(Day, "Undeclared", true, "Open", "free", Day)]
    [InlineData(Day, "Automation", true, "Open", "free", Day)]
    [InlineData(Day, "Automation", false, "Open", "free", Day)]
    [InlineData(1441, "Human", true, "HumanAgent", "tagged", Week)]
    [InlineData(1441, "Undeclared", true, "HumanAgent", "24_hours", Day)]
    [InlineData(1441, "Automation", true, "HumanAgent", "24_hours", Day)]
    [InlineData(1441, "Human", false, "Closed", "human_agent_off", Day)]
    [InlineData(1441, "Undeclared", false, "Closed", "24_hours", Day)]
    [InlineData(1441, "Automation", false, "Closed", "24_hours", Day)]
    [InlineData(Week, "Human", true, "HumanAgent", "tagged", Week)]
    [InlineData(Week, "Human", false, "Closed", "human_agent_off", Day)]
    [InlineData(Week, "Automation", true, "HumanAgent", "24_hours", Day)]
    [InlineData(10081, "Human", true, "Closed", "7_days", Week)]
    [InlineData(10081, "Undeclared", true, "Closed", "7_days", Week)]
    [InlineData(10081, "Automation", true, "Closed", "7_days", Week)]
    [InlineData(10081, "Human", false, "Closed", "24_hours", Day)]
    [InlineData(null, "Human", true, "Closed", "free", null)]
    [InlineData(null, "Undeclared", false, "Closed", "free", null)]
    [InlineData(null, "Automation", true, "Closed", "free", null)]
    public void It_follows_from_who_writes_when_the_customer_last_did_and_what_Meta_grants(
        int? age, string author, bool humanAgent, string state, string comesTo, int? ends)
    {
        var last = Now - (age is { } minutes ? TimeSpan.FromMinutes(minutes) : null);
        var facts = new WindowFacts(last, null, humanAgent);

        var window = ResponseWindow.Of(facts, Now);
        var permit = SendPermit.Of(facts, Enum.Parse<Author>(author), Now);

        window.State.ToString().ShouldBe(state);
        var end = last + (ends is { } after ? TimeSpan.FromMinutes(after) : null);
        (permit.Refusal?.Rule ?? (permit.HumanAgentTag ? "tagged" : "free")).ShouldBe(comesTo);
        permit.ExpiresAt.ShouldBe(end ?? Now + TimeSpan.FromDays(1), "an unknown customer's last message is older than now");
        if (permit.Refusal is not { } refusal) return;
        refusal.ClosedAt.ShouldBe(end!.Value);
        refusal.Reason.ShouldNotBeEmpty();
        refusal.NextStep.ShouldNotBeEmpty();
    }

    /// <summary>
    /// Days since the comment, since its private reply (null: none) and since the customer wrote (null: never); what the next private reply
    /// and the next message come to.
    /// </summary>
    [Theory]
    [InlineData(0, null, null, "free", "free")]
    [InlineData(7, null, null, "free", "free")]
    [InlineData(8, null, null, "comment_7_days", "free")]
    [InlineData(2, 1, null, "one_private_reply", "private_reply_unanswered")]
    [InlineData(20, 19, null, "one_private_reply", "private_reply_unanswered")]
    [InlineData(2, 1, 0, "one_private_reply", "free")]
    [InlineData(4, 3, 2, "one_private_reply", "24_hours")]
    [InlineData(1, null, 9, "free", "7_days")]
    [InlineData(2, 1, 9, "one_private_reply", "7_days")]
    public void A_comment_is_answered_once_within_seven_days_and_then_the_customer_has_to_write(
        int commented, int? replied, int? wrote, string reply, string next)
    {
        var contact = InstagramUserId.Parse("42");
        var comment = Comment.Of(AccountId.Parse("acc_1"), "1789", contact, Now.AddDays(-commented));
        var repliedAt = Now - (replied is { } days ? TimeSpan.FromDays(days) : null);
        if (repliedAt is { } at) comment.Answer(MessageId.Parse("msg_1"), at);
        var facts = new WindowFacts(Now - (wrote is { } ago ? TimeSpan.FromDays(ago) : null), repliedAt, true);

        (comment.PermitAt(Now).Refusal?.Rule ?? "free").ShouldBe(reply);
        (SendPermit.Of(facts, Author.Undeclared, Now).Refusal?.Rule ?? "free").ShouldBe(next);
        comment.PermitAt(Now).HumanAgentTag.ShouldBeFalse();
        if (next == "private_reply_unanswered") ResponseWindow.Of(facts, Now).ShouldBe(new(WindowState.Closed, repliedAt));

        comment.Reopen(MessageId.Parse("msg_1"));
        comment.ReplyId.ShouldBeNull("its reply certainly never went out");
    }

    [Fact]
    public void What_is_shown_and_what_may_be_sent_never_disagree()
    {
        foreach (var humanAgent in (bool[])[true, false])
        {
            for (var age = -10; age < Week + 100; age += 7)
            {
                var facts = new WindowFacts(Now.AddMinutes(-age), null, humanAgent);
                var state = ResponseWindow.Of(facts, Now).State;
                (SendPermit.Of(facts, Author.Human, Now).Refusal is null).ShouldBe(state != WindowState.Closed);
                (SendPermit.Of(facts, Author.Automation, Now).Refusal is null).ShouldBe(state == WindowState.Open);
            }
        }
    }

    [Fact]
    public void A_program_is_told_how_to_pass_on_a_persons_words() =>
        SendPermit.Of(new WindowFacts(Now - TimeSpan.FromDays(2), null, true), Author.Undeclared, Now).Refusal!.NextStep
            .ShouldContain("\"sent_by\":\"human\"");

    /// <summary>Each at the tenth second, from a customer of its own.</summary>
    [Fact]
    public async Task What_the_customer_says_or_taps_opens_it_and_what_anybody_else_does_not()
    {
        await using var shop = await OpenAsync();
        Dictionary<string, JsonObject> opens = new()
        {
            ["1"] = MetaPayloads.Text(Id, "1", "m1", "hello", At(10)),
            ["2"] = MetaPayloads.Postback(Id, "2", "m2", "Talk to us", "HUMAN", At(10)),
            ["3"] = MetaPayloads.StoryReply(Id, "3", "m3", "nice", "s1", "https://cdn.example/s", At(10)),
            ["4"] = MetaPayloads.StoryMention(Id, "4", "m4", "https://cdn.example/s", At(10)),
            ["5"] = MetaPayloads.QuickReply(Id, "5", "m5", "Yes", "YES", At(10)),
            ["6"] = MetaPayloads.Attachment(Id, "6", "m6", "ephemeral", null, At(10)),
            ["7"] = MetaPayloads.Unsupported(Id, "7", "m7", At(10)),
        };
        await shop.ReceiveAsync([.. opens.Values]);
        await shop.ReceiveAsync(
            MetaPayloads.Echo(Id, "11", "m11", "from the phone", At(10)),
            MetaPayloads.SelfMessage(Id, "12", "m12", "a note to myself", At(10)),
            MetaPayloads.React(Id, "13", "m13", "love", "❤", At(10)),
            MetaPayloads.Read(Id, "14", "m14", At(10)));
        await shop.Store.ReceiveAsync(
            System.Text.Encoding.UTF8.GetString(MetaPayloads.Bytes(MetaPayloads.Comment(Id, "15", "1789", "how much?", At(10)))));

        await using var db = shop.Store.Read();
        var threads = await db.Conversations.ToDictionaryAsync(thread => thread.ContactId.Value, thread => thread.LastInboundAt);
        foreach (var customer in opens.Keys) threads[customer].ShouldBe(At(10), customer);
        foreach (var (customer, wrote) in threads.Where(thread => !opens.ContainsKey(thread.Key))) wrote.ShouldBeNull(customer);
    }
}
