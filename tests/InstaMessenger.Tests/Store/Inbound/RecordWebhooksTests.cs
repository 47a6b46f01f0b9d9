using System.Text;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Inbound;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store.Inbound;

public sealed class RecordWebhooksTests : IAsyncLifetime
{
    private const string Shop = "17841400000000000";
    private StoreHost _store = null!;

    public async ValueTask InitializeAsync() => _store = await StoreHost.StartAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_redelivered_webhook_is_recorded_once()
    {
        await _store.LinkAsync(Shop, Shop);

        await ReceiveAsync(Text("m1"), Text("m1"));
        await ReceiveAsync(Text("m1"));

        await using var db = _store.Read();
        (await db.Messages.SingleAsync()).Text.ShouldBe("hello");
        (await db.Conversations.SingleAsync()).UnreadCount.ShouldBe(1);
        (await db.Events.SingleAsync()).Type.ShouldBe("message.received");
    }

    [Fact]
    public async Task Six_first_messages_at_once_begin_one_conversation()
    {
        await _store.LinkAsync(Shop, Shop);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => ReceiveAsync(Text($"m{i}"))));

        await using var db = _store.Read();
        (await db.Conversations.SingleAsync()).UnreadCount.ShouldBe(6);
        (await db.Messages.CountAsync()).ShouldBe(6);
        (await db.Events.OrderBy(e => e.Sequence).Select(e => e.Sequence).ToListAsync()).ShouldBe([1, 2, 3, 4, 5, 6]);
    }

    [Fact]
    public async Task A_late_message_goes_to_its_place_and_still_counts_as_unread()
    {
        await _store.LinkAsync(Shop, Shop);

        await ReceiveAsync(Text("newer", timestamp: 1752834920000), Text("older", timestamp: 1752834910000));

        await using var db = _store.Read();
        var conversation = await db.Conversations.SingleAsync();
        conversation.UnreadCount.ShouldBe(2);
        conversation.LastMessageAt.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1752834920000));
        (await db.Messages.SingleAsync(m => m.Id == conversation.LastMessageId)).InstagramMessageId!.Value.Value.ShouldBe("newer");
    }

    [Fact]
    public async Task The_same_mid_at_two_accounts_is_two_messages()
    {
        await _store.LinkAsync(Shop, Shop);
        await _store.LinkAsync("2", "2");

        await ReceiveAsync(Text("m1"), Text("m1", channel: "2"));

        await using var db = _store.Read();
        (await db.Messages.Select(m => m.AccountId).Distinct().CountAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task A_webhook_by_the_instagram_id_binds_the_channel()
    {
        var account = await _store.LinkAsync(Shop);

        await ReceiveAsync(Text("m1"));

        await using var db = _store.Read();
        (await db.Accounts.SingleAsync()).MessagingChannelId!.Value.Value.ShouldBe(Shop);
        (await db.Messages.SingleAsync()).AccountId.ShouldBe(account.Id);
    }

    [Fact]
    public async Task A_webhook_under_an_unknown_channel_is_routed_by_the_business_side_of_its_event()
    {
        var account = await _store.LinkAsync(Shop, Shop);

        await ReceiveAsync(
            Text("m1").Replace($"\"id\":\"{Shop}\",\"messaging\"", "\"id\":\"999\",\"messaging\"", StringComparison.Ordinal));

        await using var db = _store.Read();
        (await db.Messages.SingleAsync()).AccountId.ShouldBe(account.Id);
        (await db.Accounts.SingleAsync()).MessagingChannelId!.Value.Value.ShouldBe(Shop);
    }

    /// <summary>It waited in quarantine for the customer to be linked.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_echo_without_its_flag_under_an_unknown_channel_is_routed_by_its_sender(bool isLinkedBefore)
    {
        if (isLinkedBefore) await _store.LinkAsync(Shop, Shop);
        await ReceiveAsync(Between(Shop, "20", channel: "999"));
        if (!isLinkedBefore)
        {
            await _store.LinkAsync(Shop, Shop);
            await _store.Services.GetRequiredService<QuarantineReplay>().RoundAsync(default);
        }

        await using var db = _store.Read();
        (await db.Messages.SingleAsync()).Direction.ShouldBe(Direction.Outbound);
        (await db.Conversations.SingleAsync()).ContactId.Value.ShouldBe("20");
        (await db.Set<QuarantinedWebhook>().AnyAsync()).ShouldBeFalse();
    }

    /// <summary>
    /// Whoever else is linked here may be the customer of a business that is not, and what came for that business is not theirs.
    /// </summary>
    [Theory]
    [InlineData("30", "30")]
    [InlineData("2", "999")]
    [InlineData(null, "999")]
    public async Task What_is_addressed_to_another_business_is_never_its_senders(string? recipient, string channel)
    {
        await _store.LinkAsync(Shop, Shop);
        var (gone, now) = (await _store.LinkAsync("2", "2"), (DateTimeOffset?)TimeProvider.System.GetUtcNow());
        await _store.UnitOfWork.ExecuteAsync(scope => scope.Db.Accounts.Where(account => account.Id == gone.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(account => account.UnlinkedAt, now)));

        await ReceiveAsync(Between(Shop, recipient, channel));
        await _store.Services.GetRequiredService<QuarantineReplay>().RoundAsync(default);

        await using var db = _store.Read();
        (await db.Events.AnyAsync()).ShouldBeFalse();
        (await db.Set<QuarantinedWebhook>().SingleAsync()).ReservedFor.ShouldBe(recipient == "2" ? gone.Id : null);
    }

    [Fact]
    public async Task What_one_account_writes_to_another_under_an_unknown_channel_is_recorded_for_the_other_alone()
    {
        await _store.LinkAsync(Shop, Shop);
        var other = await _store.LinkAsync("2", "2");

        await ReceiveAsync(Between(Shop, "2", channel: "999"));

        await using var db = _store.Read();
        var message = await db.Messages.SingleAsync();
        (message.AccountId, message.Direction).ShouldBe((other.Id, Direction.Inbound));
    }

    [Fact]
    public async Task A_webhook_of_an_unknown_account_appears_once_the_account_is_linked()
    {
        await ReceiveAsync(Text("m1"), Text("m1"), Text("m2"));
        await ReceiveAsync(Text("m1"));
        await using (var before = _store.Read()) (await before.Set<QuarantinedWebhook>().CountAsync()).ShouldBe(2);

        await _store.LinkAsync(Shop, Shop);
        var replay = _store.Services.GetRequiredService<QuarantineReplay>();
        await using (var quarantine = _store.Read())
            foreach (var id in await quarantine.Set<QuarantinedWebhook>().Select(row => row.Id).ToListAsync())
                (await replay.ReplayAsync(id, audit: null, default)).ShouldBeTrue();

        await using var db = _store.Read();
        (await db.Messages.CountAsync()).ShouldBe(2);
        (await db.Set<QuarantinedWebhook>().AnyAsync()).ShouldBeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_webhook_quarantined_while_its_account_is_linked_wakes_the_replay_again(bool inThisStore)
    {
        var signal = new QuarantineSignal();
        var recorder = ActivatorUtilities.CreateInstance<InboundRecorder>(_store.Services, signal);
        using var never = new CancellationTokenSource(Patience.Long);
        var arrivals = MetaWebhook.Read(Encoding.UTF8.GetBytes(Text("m1")))
            .Select(item => new Arrival(item, TimeProvider.System.GetUtcNow(), null)).ToList();

        await _store.UnitOfWork.ExecuteAsync(async scope =>
        {
            await recorder.RecordAsync(scope, arrivals);
            // As on MySQL, where transactions overlap: the replay that the link wakes looks before this one has committed.
            if (inThisStore) signal.Linked();
            else signal.Heard();
            await signal.SleepAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, never.Token);
        });

        await signal.SleepAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, never.Token);
    }

    [Fact]
    public async Task Garbage_is_kept_and_harms_nobody()
    {
        await _store.LinkAsync(Shop, Shop);

        await ReceiveAsync("not json", Text("m1"), "{}", "17");

        await using var db = _store.Read();
        (await db.Messages.CountAsync()).ShouldBe(1);
        (await db.Set<QuarantinedWebhook>().CountAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task What_has_no_name_yet_is_told_once_with_its_raw_json()
    {
        await _store.LinkAsync(Shop, Shop);
        var reaction = Text("m1").Replace(
            "\"message\":{\"mid\":\"m1\",\"text\":\"hello\"}",
            "\"reaction\":{\"mid\":\"m0\",\"action\":\"react\"}",
            StringComparison.Ordinal);

        await ReceiveAsync(reaction, reaction);
        await ReceiveAsync(reaction);

        await using var db = _store.Read();
        var row = await db.Events.SingleAsync();
        row.Type.ShouldBe("event.unsupported");
        Encoding.UTF8.GetString(row.Body).ShouldContain("\"action\":\"react\"");
    }

    [Fact]
    public async Task An_echo_of_a_message_sent_elsewhere_is_a_normal_outbound_message()
    {
        await _store.LinkAsync(Shop, Shop);

        await ReceiveAsync(Echo("e1", "from the phone"));

        await using var db = _store.Read();
        var message = await db.Messages.SingleAsync();
        (message.Direction, message.Origin, message.Status).ShouldBe((Direction.Outbound, Origin.Instagram, MessageStatus.Sent));
        (await db.Events.SingleAsync()).Type.ShouldBe("message.sent");
        (await db.Conversations.SingleAsync()).UnreadCount.ShouldBe(0);
    }

    [Fact]
    public async Task An_echo_settles_our_own_send_that_has_no_mid_yet()
    {
        var account = await _store.LinkAsync(Shop, Shop);
        await ReceiveAsync(Text("m1"));
        var sent = await ComposeAsync(account, "answer");

        await ReceiveAsync(Echo("e1", "answer"));
        await ReceiveAsync(Echo("e1", "answer"));

        await using var db = _store.Read();
        var message = await db.Messages.SingleAsync(m => m.Direction == Direction.Outbound);
        (message.Id, message.Status, message.InstagramMessageId!.Value.Value).ShouldBe((sent, MessageStatus.Sent, "e1"));
    }

    [Fact]
    public async Task Two_equal_sends_take_one_echo_each()
    {
        var account = await _store.LinkAsync(Shop, Shop);
        await ReceiveAsync(Text("m1"));
        await ComposeAsync(account, "same");
        await ComposeAsync(account, "same");

        await ReceiveAsync(Echo("e1", "same"), Echo("e2", "same"));

        await using var db = _store.Read();
        (await db.Messages.Where(m => m.Direction == Direction.Outbound).OrderBy(m => m.Sequence)
            .Select(m => m.InstagramMessageId).ToListAsync())
            .Select(mid => mid!.Value.Value).ShouldBe(["e1", "e2"]);
    }

    [Fact]
    public async Task An_echo_of_other_words_leaves_our_send_alone()
    {
        var account = await _store.LinkAsync(Shop, Shop);
        await ReceiveAsync(Text("m1"));
        var sent = await ComposeAsync(account, "answer");

        await ReceiveAsync(Echo("e1", "something else"));

        await using var db = _store.Read();
        (await db.Messages.SingleAsync(m => m.Id == sent)).Status.ShouldBe(MessageStatus.Pending);
        (await db.Messages.CountAsync(m => m.Direction == Direction.Outbound)).ShouldBe(2);
    }

    /// <summary>
    /// What the account wrote came as a customer's message: an unread thread with ourselves, and a bot that answers itself.
    /// </summary>
    [Theory]
    [InlineData("\"is_echo\":\"true\"")]
    [InlineData("\"is_echo\":1")]
    [InlineData("\"is_self\":true")]
    [InlineData("\"x\":0")]
    public async Task What_our_account_wrote_is_outbound_whatever_its_flag_looks_like(string flag)
    {
        await _store.LinkAsync(Shop, Shop);

        await ReceiveAsync(Echo("e1", "open until six").Replace("\"is_echo\":true", flag, StringComparison.Ordinal));

        await using var db = _store.Read();
        (await db.Messages.SingleAsync()).Direction.ShouldBe(Direction.Outbound);
        (await db.Conversations.SingleAsync()).ContactId.Value.ShouldBe("20");
        (await db.Events.SingleAsync()).Type.ShouldBe("message.sent");
    }

    /// <summary>
    /// The business counted as the customer when it tapped its own button: an unread thread, an open window, a look-up of its own profile.
    /// </summary>
    [Theory]
    [InlineData("\"postback\":{\"mid\":\"m1\",\"payload\":\"X\"},\"is_self\":true")]
    [InlineData("\"message\":{\"mid\":\"m1\",\"text\":\"hello\",\"is_self\":true}")]
    [InlineData("\"message\":{\"mid\":\"m1\",\"text\":\"hello\",\"is_echo\":true}")]
    public async Task What_the_account_did_as_a_customer_of_its_own_is_outbound(string members)
    {
        await _store.LinkAsync(Shop, Shop);

        await ReceiveAsync($$"""{"entry":[{"id":"{{Shop}}","messaging":"""
            + $$"""[{"sender":{"id":"20"},"recipient":{"id":"{{Shop}}"},{{members}}}]}]}""");

        await using var db = _store.Read();
        (await db.Messages.SingleAsync()).Direction.ShouldBe(Direction.Outbound);
        var conversation = await db.Conversations.SingleAsync();
        (conversation.ContactId.Value, conversation.UnreadCount, conversation.LastInboundAt).ShouldBe(("20", 0, null));
    }

    [Theory]
    [InlineData("message", "{\"mid\":\"m1\",\"text\":\"hello\",\"is_self\":true}")]
    [InlineData("postback", "{\"mid\":\"m1\",\"payload\":\"X\"}")]
    public async Task The_business_never_becomes_its_own_customer(string name, string value)
    {
        await _store.LinkAsync(Shop, Shop);

        await ReceiveAsync($$"""{"entry":[{"id":"{{Shop}}","messaging":"""
            + $$"""[{"sender":{"id":"{{Shop}}"},"recipient":{"id":"{{Shop}}"},"is_self":true,"{{name}}":{{value}}}]}]}""");

        await using var db = _store.Read();
        (await db.Conversations.AnyAsync()).ShouldBeFalse();
        var told = JsonElement.Parse((await db.Events.SingleAsync()).Body).GetProperty("data");
        (told.GetProperty("what").GetString(), told.GetProperty("contact_id").ValueKind).ShouldBe((name, JsonValueKind.Null));
    }

    [Theory]
    [InlineData("\"mid\":17,")]
    [InlineData("\"mid\":\"a\\tb\",")]
    [InlineData("")]
    public async Task A_message_without_a_usable_mid_is_in_its_thread_once(string mid)
    {
        await _store.LinkAsync(Shop, Shop);
        var body = Text("m1").Replace("\"mid\":\"m1\",", mid, StringComparison.Ordinal);

        await ReceiveAsync(body, body);
        await ReceiveAsync(body);

        await using var db = _store.Read();
        (await db.Messages.SingleAsync()).Text.ShouldBe("hello");
        (await db.Events.SingleAsync()).Type.ShouldBe("message.received");
    }

    [Fact]
    public async Task A_mid_longer_than_any_column_leaves_its_message_in_the_thread()
    {
        await _store.LinkAsync(Shop, Shop);

        await ReceiveAsync(Text(new string('m', 513)));

        await using var db = _store.Read();
        (await db.Messages.SingleAsync()).Raw.ShouldNotBeNull().ShouldContain(new string('m', 513));
    }

    [Fact]
    public async Task Of_a_quick_reply_the_payload_is_in_the_event()
    {
        await _store.LinkAsync(Shop, Shop);

        await ReceiveAsync(Text("m1")
            .Replace("\"text\":\"hello\"", "\"text\":\"hello\",\"quick_reply\":{\"payload\":\"SLOT_0930\"}", StringComparison.Ordinal));

        await using var db = _store.Read();
        var message = JsonElement.Parse((await db.Events.SingleAsync()).Body).GetProperty("data").GetProperty("message");
        message.GetProperty("kind").GetString().ShouldBe("text");
        message.GetProperty("quick_reply").GetProperty("payload").GetString().ShouldBe("SLOT_0930");
    }

    [Theory]
    [InlineData(25, JsonValueKind.Object)]
    [InlineData(57, JsonValueKind.String)]
    [InlineData(3000, JsonValueKind.String)]
    public async Task What_is_nested_deeper_than_readers_go_is_given_as_a_string(int levels, JsonValueKind given)
    {
        await _store.LinkAsync(Shop, Shop);
        var deep = string.Concat(Enumerable.Repeat("[", levels)) + string.Concat(Enumerable.Repeat("]", levels));

        await ReceiveAsync(
            Text("m1").Replace("\"text\":\"hello\"", $"\"new\":{deep}", StringComparison.Ordinal),
            Text("r1").Replace("\"message\"", $"\"deep\":{deep},\"reaction\"", StringComparison.Ordinal));

        await using var db = _store.Read();
        var told = (await db.Events.OrderBy(row => row.Sequence).Select(row => row.Body).ToListAsync())
            .ConvertAll(body => JsonElement.Parse(body).GetProperty("data"));
        told.Select(data => (data.TryGetProperty("message", out var message) ? message : data).GetProperty("raw").ValueKind)
            .ShouldBe([given, given]);
    }

    /// <summary>The list went on showing the customer's message, whose thread showed our answer as the newest.</summary>
    [Fact]
    public async Task An_echo_that_overtakes_its_answer_is_the_newest_message_of_the_list_too()
    {
        var account = await _store.LinkAsync(Shop, Shop);
        await ReceiveAsync(Text("m1", timestamp: 1752834910000));
        await ComposeAsync(account, "answer", DateTimeOffset.FromUnixTimeMilliseconds(1752834915000));
        await ReceiveAsync(Text("m2", timestamp: 1752834920000));

        await ReceiveAsync(Echo("e1", "answer"));

        (await NewestAsync()).ShouldBe(("e1", "e1"));
    }

    [Fact]
    public async Task A_send_that_gets_an_earlier_time_from_its_echo_makes_room_for_what_is_newer()
    {
        var account = await _store.LinkAsync(Shop, Shop);
        await ReceiveAsync(Text("m1", timestamp: 1752834935000));
        await ComposeAsync(account, "answer", DateTimeOffset.FromUnixTimeMilliseconds(1752834940000));

        await ReceiveAsync(Echo("e1", "answer"));

        (await NewestAsync()).ShouldBe(("m1", "m1"));
    }

    [Fact]
    public async Task Of_two_messages_at_one_time_list_and_thread_name_the_same()
    {
        var account = await _store.LinkAsync(Shop, Shop);
        await ReceiveAsync(Text("m1", timestamp: 1752834910000));
        await ComposeAsync(account, "answer", DateTimeOffset.FromUnixTimeMilliseconds(1752834915000));
        await ReceiveAsync(Text("m2", timestamp: 1752834930000));

        await ReceiveAsync(Echo("e1", "answer"));

        (await NewestAsync()).ShouldBe(("m2", "m2"));
    }

    /// <summary>The newest message by the list and by the thread.</summary>
    private async Task<(string? List, string? Thread)> NewestAsync()
    {
        await using var db = _store.Read();
        var last = (await db.Conversations.SingleAsync()).LastMessageId;
        var list = await db.Messages.SingleAsync(message => message.Id == last);
        var thread = await db.Messages.OrderByDescending(message => message.SentAt).ThenByDescending(message => message.Sequence)
            .FirstAsync();
        return (list.InstagramMessageId?.Value, thread.InstagramMessageId?.Value);
    }

    private static string Text(string mid, string channel = Shop, long timestamp = 1752834910447) =>
        $$"""{"object":"instagram","entry":[{"time":1,"id":"{{channel}}","messaging":"""
            + $$"""[{"sender":{"id":"20"},"recipient":{"id":"{{channel}}"},"timestamp":{{timestamp}},"message":"""
            + $$"""{"mid":"{{mid}}","text":"hello"} }] }] }""";

    private static string Between(string sender, string? recipient, string channel) =>
        $$"""{"object":"instagram","entry":[{"time":1752834930000,"id":"{{channel}}","messaging":"""
            + $$"""[{"sender":{"id":"{{sender}}"},"recipient":{"id":{{(recipient is null ? "null" : $"\"{recipient}\"")}}},"""
            + "\"timestamp\":1752834930000,\"message\":{\"mid\":\"e1\",\"text\":\"open until six\"}}]}]}";

    private static string Echo(string mid, string text) =>
        $$"""{"object":"instagram","entry":[{"time":1,"id":"{{Shop}}","messaging":"""
            + $$"""[{"sender":{"id":"{{Shop}}"},"recipient":{"id":"20"},"timestamp":1752834930000,"message":"""
            + $$"""{"mid":"{{mid}}","text":"{{text}}","is_echo":true} }] }] }""";

    private Task<MessageId> ComposeAsync(Account account, string text, DateTimeOffset? at = null) =>
        _store.UnitOfWork.ExecuteAsync(async scope =>
    {
        var conversation = await scope.Db.Conversations.SingleAsync(c => c.AccountId == account.Id);
        var message = Message.Compose(
            conversation,
            MessageContent.OfText(text),
            Origin.Api,
            at ?? TimeProvider.System.GetUtcNow(),
            MessageId.New(TimeProvider.System));
        scope.Db.Messages.Add(message);
        conversation.Add(message, TimeProvider.System.GetUtcNow());
        return message.Id;
    });

    private Task ReceiveAsync(params string[] bodies) => _store.ReceiveAsync(bodies);
}
