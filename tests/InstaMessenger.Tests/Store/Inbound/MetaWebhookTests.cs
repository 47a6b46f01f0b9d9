using System.Text;
using System.Text.Json;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Inbound;
using InstaMessenger.Store.Inbound.Arrivals;

namespace InstaMessenger.Tests.Store.Inbound;

public sealed class MetaWebhookTests
{
    private const string Message =
        """{"sender":{"id":"200000000000001"},"recipient":{"id":"17841400000000000"},"timestamp":1752834910447,"message":"""
            + """{"mid":"m1","text":"hello"}}""";

    [Fact]
    public void A_text_message_has_contact_mid_text_and_metas_time()
    {
        var message = ReadMessage(Messaging(Message));

        message.Arrival.Item.ChannelId.ShouldBe("17841400000000000");
        message.Contact.Value.ShouldBe("200000000000001");
        message.Mid.ToString().ShouldBe("m1");
        message.IsEcho.ShouldBeFalse();
        message.Content.Kind.ShouldBe(MessageKind.Text);
        message.Content.Text.ShouldBe("hello");
        message.Content.Raw.ShouldBeNull();
        message.Arrival.SentAt.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1752834910447));
    }

    [Theory]
    [InlineData("""{"x":"\ud800"}""", """{"x":"\ufffd"}""")]
    [InlineData("""{"x":"\uDC00x","\udbff":1}""", """{"x":"\ufffdx","\ufffd":1}""")]
    [InlineData("""{"x":"\ud83d\ude00"}""", """{"x":"\ud83d\ude00"}""")]
    [InlineData("""{"x":"\ud83d\ud83d\ude00"}""", """{"x":"\ufffd\ud83d\ude00"}""")]
    [InlineData("""{"x":"\\ud800"}""", """{"x":"\\ud800"}""")]
    public void Half_a_surrogate_pair_does_not_stay_in_what_is_kept(string item, string kept)
    {
        var other = MetaWebhook.Read(Encoding.UTF8.GetBytes($$"""{"entry":[{"id":"1","messaging":[{{item}}]}]}""")).ShouldHaveSingleItem();

        JsonSerializer.Serialize(other.Element).ShouldBe(JsonSerializer.Serialize(JsonElement.Parse(kept)));
    }

    [Theory]
    [InlineData("""{"object":"instagram","entry":[{"id":"1","time":1,"messaging":[ITEM]}]}""")]
    [InlineData("""{"object":"instagram","entry":[{"id":"1","time":1,"standby":[ITEM]}]}""")]
    [InlineData("""{"object":"instagram","entry":[{"id":"1","time":1,"changes":[{"field":"messages","value":ITEM}]}]}""")]
    [InlineData("""{"object":"instagram","entry":[{"id":"1","time":1,"field":"messages","value":ITEM}]}""")]
    [InlineData("""[{"object":"instagram","entry":[{"id":1,"time":1,"messaging":[ITEM]}]}]""")]
    public void Each_envelope_shape_gives_the_same_message(string envelope)
    {
        var message = ReadMessage(envelope.Replace("ITEM", Message, StringComparison.Ordinal));

        message.Arrival.Item.ChannelId.ShouldBe("1");
        message.Mid.ToString().ShouldBe("m1");
    }

    [Fact]
    public void An_echo_swaps_the_sides()
    {
        var message = ReadMessage(Messaging(
            """{"sender":{"id":"17841400000000000"},"recipient":{"id":"200000000000001"},"timestamp":1752834910447,"message":"""
                + """{"mid":"m1","text":"hi","is_echo":true}}"""));

        message.IsEcho.ShouldBeTrue();
        message.Contact.Value.ShouldBe("200000000000001");
        message.Arrival.Item.BusinessId.ShouldBe("17841400000000000");
    }

    [Theory]
    [InlineData("image", MessageKind.Image)]
    [InlineData("video", MessageKind.Video)]
    [InlineData("audio", MessageKind.Audio)]
    [InlineData("file", MessageKind.File)]
    public void An_attachment_has_its_kind_and_url(string type, object kind)
    {
        var content = ReadMessage(
            Item($$"""{"mid":"m1","attachments":[{"type":"{{type}}","payload":{"url":"https://cdn/x?asset_id=1"} }]}""")).Content;

        content.Kind.ShouldBe((MessageKind)kind);
        content.Media.ShouldHaveSingleItem().Url.ShouldBe("https://cdn/x?asset_id=1");
    }

    [Theory]
    [InlineData("""{"mid":"m1","attachments":[{"type":"location","payload":{"coordinates":{"lat":1,"long":2}}}]}""")]
    [InlineData("""{"mid":"m1","attachments":[{"type":"unsupported_type","payload":{"url":"https://x/"}}]}""")]
    [InlineData("""{"mid":"m1","attachments":[{"type":"hologram"}],"reply_to":{"story":{"id":"1"}}}""")]
    [InlineData("""{"mid":"m1","attachments":[{"type":"image"}]}""")]
    [InlineData("""{"mid":"m1","attachments":[{"type":"image","payload":{"url":17}}]}""")]
    [InlineData("""{"mid":"m1","attachments":"none"}""")]
    [InlineData("""{"mid":"m1","attachments":[null,3,[]]}""")]
    [InlineData("""{"mid":"m1","is_unsupported":true}""")]
    [InlineData("""{"mid":"m1","text":""}""")]
    [InlineData("""{"mid":"m1","text":{"a":1}}""")]
    [InlineData("""{"mid":"m1"}""")]
    public void What_cannot_be_shown_is_an_unsupported_message_with_its_raw_json(string message)
    {
        var content = ReadMessage(Item(message)).Content;

        content.Kind.ShouldBe(MessageKind.Unsupported);
        content.Raw.ShouldBe(Envelope(message));
    }

    /// <summary>Else the echo of such a send would not be known as its own.</summary>
    [Theory]
    [InlineData("""{"mid":"m1","attachments":[{"type":"ig_post","payload":{"url":"https://x/"}}]}""", "Share")]
    [InlineData("""{"mid":"m1","attachments":[{"type":"MEDIA_SHARE"}]}""", "Share")]
    [InlineData("""{"mid":"m1","attachments":[{"type":"like_heart"}]}""", "LikeHeart")]
    [InlineData("""{"mid":"m1","attachments":[{"type":"template"}]}""", "Template")]
    [InlineData("""{"mid":"m1","attachments":[{"type":"template","payload":{"generic":{"elements":[{"title":"t"}]}}}]}""", "Template")]
    public void A_thing_without_media_is_of_its_kind(string message, string kind) =>
        ReadMessage(Item(message)).Content.Kind.ToString().ShouldBe(kind);

    /// <summary>A bot needs the payload of a quick reply, not the words on its button; it was kept and shown nowhere.</summary>
    [Theory]
    [InlineData("""{"mid":"m1","text":"Yes","quick_reply":{"payload":"CONFIRM","new":1}}""")]
    [InlineData("""{"mid":"m1","text":"Yes","quick_reply":{"payload":7}}""")]
    [InlineData("""{"mid":"m1","text":"hey","referral":{"ref":"r","new":"23"}}""")]
    [InlineData("""{"mid":"m1","text":"hey","referral":"r"}""")]
    [InlineData("""{"mid":"m1","text":"t","attachments":[{"type":"location"}]}""")]
    [InlineData("""{"mid":"m1","text":"t","nlp":{}}""")]
    [InlineData("""{"mid":"m1","text":"t","reply_to":{"story":"179"}}""")]
    [InlineData("""{"mid":"a\tb","text":"a mid that is none"}""")]
    [InlineData("""{"mid":"m1","text":"t","reply_to":{"mid":""}}""")]
    public void A_text_with_more_than_we_show_keeps_its_item_beside(string message)
    {
        var content = ReadMessage(Item(message)).Content;

        content.Kind.ShouldBe(MessageKind.Text);
        content.Raw.ShouldBe(Envelope(message));
    }

    [Theory]
    [InlineData(""","referral":{"ref":"summer","new":1}""")]
    [InlineData(""","priority":5""")]
    public void What_stands_beside_the_message_is_kept(string beside)
    {
        var item = Envelope("""{"mid":"m1","text":"t"}""")[..^1] + beside + "}";

        ReadMessage(Messaging(item)).Content.Raw.ShouldBe(item);
    }

    [Theory]
    [InlineData("""{"mid":"m1","text":"t","reply_to":{"mid":"m0"}}""")]
    [InlineData("""{"mid":17,"text":"t","is_echo":false}""")]
    [InlineData("""{"mid":"m1","attachments":[{"type":"image","payload":{"url":"https://x/"}}]}""")]
    [InlineData("""{"mid":"m1","text":"Yes","quick_reply":{"payload":"CONFIRM"}}""")]
    [InlineData("""{"mid":"m1","text":"t","app_id":5,"is_self":true}""")]
    public void A_message_that_shows_all_keeps_nothing_beside(string message) => ReadMessage(Item(message)).Content.Raw.ShouldBeNull();

    [Fact]
    public void More_attachments_than_have_ids_are_kept_in_the_raw_json()
    {
        var many = string.Join(',', Enumerable.Repeat("""{"type":"image","payload":{"url":"https://x/"}}""", 1001));

        var content = ReadMessage(Item($$"""{"mid":"m1","attachments":[{{many}}]}""")).Content;

        content.Media.Count.ShouldBe(1000);
        content.Raw.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("17", "17")]
    [InlineData("\"17\"", "17")]
    [InlineData("null", null)]
    [InlineData("\"a\\tb\"", null)]
    [InlineData("\"\"", null)]
    [InlineData("{}", null)]
    public void A_mid_is_read_like_any_id_and_a_message_needs_none(string mid, string? expected) =>
        (ReadMessage(Item($$"""{"mid":{{mid}},"text":"t"}""")).Mid?.Value).ShouldBe(expected);

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"true\"", true)]
    [InlineData("\"True\"", true)]
    [InlineData("\"1\"", true)]
    [InlineData("1", true)]
    [InlineData("false", false)]
    [InlineData("\"false\"", false)]
    [InlineData("0", false)]
    [InlineData("null", false)]
    [InlineData("{}", false)]
    public void A_flag_comes_as_a_literal_a_word_or_a_number(string flag, bool expected)
    {
        ReadMessage(Messaging(
            $$"""{"sender":{"id":"1"},"recipient":{"id":"2"},"message":{"mid":"m1","text":"hi","is_echo":{{flag}} } }"""))
            .IsEcho.ShouldBe(expected);
        (Read(Item($$"""{"mid":"m1","text":"t","is_deleted":{{flag}}}""")).ShouldHaveSingleItem().Name == "message_deleted")
            .ShouldBe(expected);
    }

    [Fact]
    public void A_message_nested_without_end_is_read_with_its_neighbours()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 100_000)) + string.Concat(Enumerable.Repeat("]", 100_000));

        var item = Envelope("""{"mid":"deep","x":DEEP}""").Replace("DEEP", deep, StringComparison.Ordinal);

        var items = Read(Messaging(Message + "," + item));

        items.Select(read => MessageOf(read)!.Content.Kind).ShouldBe([MessageKind.Text, MessageKind.Unsupported]);
        items.Select(read => read.Fingerprint()).Distinct().Count().ShouldBe(2);
        MessageOf(MetaWebhook.Read(items[1].ToWebhook()).ShouldHaveSingleItem())!.Content.Raw.ShouldBe(items[1].Element.GetRawText());
    }

    [Fact]
    public async Task A_webhook_that_is_as_deep_as_it_is_long_is_read_in_a_moment()
    {
        var deep = new string('[', 2_500_000) + new string(']', 2_500_000);
        var item = Envelope("""{"mid":"deep","x":DEEP}""").Replace("DEEP", deep, StringComparison.Ordinal);

        // Where each bracket is looked for among all others it takes hours.
        var items = await Task.Run(() => Read(Messaging(Message + "," + item)))
            .WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);

        items.Select(read => read.Name).ShouldBe(["message", "message"]);
        items[1].Element.GetRawText().ShouldContain(new string('[', 2_000_000));
    }

    [Fact]
    public void A_reply_names_the_message_that_it_answers() =>
        ReadMessage(Item("""{"mid":"m2","text":"re","reply_to":{"mid":"m1"}}""")).Content.ReplyTo!.Value.Value.ShouldBe("m1");

    [Theory]
    [InlineData("reaction", """{"sender":{"id":"2"},"recipient":{"id":"1"},"timestamp":1,"reaction":{"mid":"m1","action":"react"}}""")]
    [InlineData("read", """{"sender":{"id":"2"},"recipient":{"id":"1"},"timestamp":1,"read":{"mid":"m1"}}""")]
    [InlineData("postback", """{"sender":{"id":"2"},"recipient":{"id":"1"},"timestamp":1,"postback":{"mid":"m1"}}""")]
    [InlineData("message_edit", """{"message_edit":{"mid":"m1","num_edit":0}}""")]
    [InlineData("message_deleted", """{"sender":{"id":"2"},"recipient":{"id":"1"},"message":{"mid":"m1","is_deleted":true}}""")]
    [InlineData("message", """{"sender":{"id":"no digits"},"recipient":{"id":"1"},"message":{"mid":"m1","text":"t"}}""")]
    [InlineData("message", """{"message":{"mid":"m1","text":"no sides"}}""")]
    [InlineData("something", """{"something":"new"}""")]
    [InlineData("brand_new", """{"sender":{"id":"2"},"recipient":{"id":"1"},"timestamp":1,"priority":3,"brand_new":{"mid":"m1"}}""")]
    [InlineData("postback", """{"sender":{"id":"1"},"recipient":{"id":"1"},"is_self":true,"postback":{"mid":"m1"}}""")]
    [InlineData("unknown", "17")]
    public void What_is_no_message_is_kept_under_its_name(string what, string item)
    {
        var other = Read(Messaging(item)).ShouldHaveSingleItem();

        other.Name.ShouldBe(what);
        if (what == "message") MessageOf(other).ShouldBeNull();
        other.Element.GetRawText().ShouldBe(item);
    }

    /// <summary>What stood beside the list was lost.</summary>
    [Theory]
    [InlineData(""" "messaging":[ITEM],"field":"comments","value":{"id":"3","text":"price?"} """, "message,comments")]
    [InlineData(""" "field":"comments","value":{"id":"3"},"standby":[ITEM],"changes":[{"field":"mentions","value":{}}] """,
        "message,mentions,comments")]
    [InlineData(""" "messaging":{"message":{}},"standby":[ITEM] """, "message,unknown")]
    [InlineData(""" "messaging":[ITEM],"brand_new":{"a":1} """, "message,brand_new")]
    [InlineData(""" "messaging":[ITEM],"changes":[],"standby":null,"hop_context":[{"app_id":1}] """, "message")]
    public void An_entry_of_several_shapes_gives_all_that_is_in_it(string entry, string names)
    {
        var items = Read($$"""{"entry":[{"id":"1","time":1752834911539,{{entry.Replace("ITEM", Message, StringComparison.Ordinal)}}}]}""");

        items.Select(item => item.Name).ShouldBe(names.Split(','));
        items.ShouldAllBe(item => item.ChannelId == "1" && item.SentAt != null);
        foreach (var item in items) MetaWebhook.Read(item.ToWebhook()).ShouldHaveSingleItem().Fingerprint().ShouldBe(item.Fingerprint());
    }

    [Fact]
    public void A_comment_is_kept_under_its_field() =>
        Read("""{"object":"instagram","entry":[{"id":"1","changes":[{"field":"comments","value":{"id":"3","text":"price?"}}]}]}""")
            .ShouldHaveSingleItem().Name.ShouldBe("comments");

    [Fact]
    public void A_change_that_nobody_has_heard_of_is_kept_under_its_field() =>
        Read("""{"entry":[{"id":"1","changes":[{"field":"brand_new","value":{"id":"3","media":{"id":"4"}}}]}]}""")
            .ShouldHaveSingleItem().Name.ShouldBe("brand_new");

    [Fact]
    public void An_event_without_a_time_has_that_of_its_entry_also_after_quarantine()
    {
        var item = Read(
            """{"entry":[{"id":"1","time":1752834910,"messaging":[{"sender":{"id":"2"},"recipient":{"id":"1"},"message":{"mid":"m"}}]}]}""")
            .ShouldHaveSingleItem();

        item.SentAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1752834910));
        MetaWebhook.Read(item.ToWebhook()).ShouldHaveSingleItem().SentAt.ShouldBe(item.SentAt);
    }

    [Fact]
    public void A_time_in_the_future_is_ours()
    {
        var item = Read(Messaging(Message)).ShouldHaveSingleItem();

        new Arrival(
            item,
            DateTimeOffset.FromUnixTimeMilliseconds(1752834910446),
            null).SentAt.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1752834910446));
    }

    [Fact]
    public void Of_an_event_whose_time_is_still_to_come_that_of_its_entry_counts()
    {
        var item = Read(Messaging(Message.Replace("1752834910447", "1852834910447", StringComparison.Ordinal))).ShouldHaveSingleItem();

        new Arrival(item, DateTimeOffset.FromUnixTimeMilliseconds(1752834911540), null).SentAt
            .ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1752834911539));
    }

    [Theory]
    [InlineData(
        """{"field":"comments","value":{"id":"3","text":"x"}}""", 1, """{"value":{"text":"x","id":"3"},"field":"comments"}""", 1, true)]
    [InlineData("""{"field":"comments","value":{"id":"3"}}""", 1, """{"field":"comments","value":{"id":"3"}}""", 2, false)]
    [InlineData(
        """{"field":"m","value":{"timestamp":1752834910447,"a":{} }}""",
        1,
        """{"field":"m","value":{"timestamp":1752834910447,"a":{}}}""",
        2,
        true)]
    public void Events_without_a_time_of_their_own_are_told_apart_by_that_of_their_entry(
        string first, int firstTime, string second, int secondTime, bool same)
    {
        var fingerprints = new[] { (first, firstTime), (second, secondTime) }
            .Select(change => Read($$"""{"entry":[{"id":"1","time":{{change.Item2}},"changes":[{{change.Item1}}]}]}""")
                .ShouldHaveSingleItem().Fingerprint()).Distinct();

        fingerprints.Count().ShouldBe(same ? 1 : 2);
    }

    [Theory]
    [InlineData("1752834910447", 1752834910447)]
    [InlineData("1752834910447.0", 1752834910447)]
    [InlineData("\"1752834910447\"", 1752834910447)]
    [InlineData("1752834910", 1752834910000)]
    [InlineData("\"1752834910\"", 1752834910000)]
    [InlineData("99999999999999999999999", null)]
    [InlineData("-5", null)]
    [InlineData("1.5e300", null)]
    [InlineData("\"soon\"", null)]
    [InlineData("null", null)]
    public void Times_come_as_numbers_or_text_in_seconds_or_milliseconds(string timestamp, long? expected) =>
        Read(
            """{"entry":[{"id":"1","messaging":[{"sender":{"id":"2"},"recipient":{"id":"1"},"timestamp":"""
                + $$"""{{timestamp}},"message":{"mid":"m","text":"t"} }]}]}""")
            .ShouldHaveSingleItem().SentAt.ShouldBe(expected is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null);

    [Theory]
    [InlineData("""a\ud83d""", "a\ufffd")]
    [InlineData("""\ude00 \"x\" \\ \/ \n""", "\ufffd \"x\" \\ / \n")]
    [InlineData("""\ud83d\ude00""", "😀")]
    [InlineData("""\u0000nul""", "\0nul")]
    public void A_surrogate_without_partner_is_replaced_and_the_rest_kept(string escaped, string expected) =>
        ReadMessage(Item($$"""{"mid":"m1","text":"{{escaped}}"}""")).Content.Text.ShouldBe(expected);

    [Fact]
    public void Bytes_that_are_no_utf8_are_replaced_and_the_rest_kept()
    {
        var around = Messaging(Message).Split("hello");
        byte[] body = [.. Encoding.UTF8.GetBytes(around[0]), 0xff, (byte)'x', .. Encoding.UTF8.GetBytes(around[1])];

        MessageOf(MetaWebhook.Read(body).ShouldHaveSingleItem())!.Content.Text.ShouldBe("\ufffdx");
    }

    [Fact]
    public void A_broken_sibling_does_not_harm_the_others()
    {
        var items = Read(Messaging(
            $$"""{{Message}},{"\ud800":1,"message":{"\udfff":2} },null,{{Message.Replace("m1", "m2", StringComparison.Ordinal)}}"""));

        items.Select(MessageOf).Where(message => message is not null).Select(message => message!.Mid!.Value.Value).ShouldBe(["m1", "m2"]);
        items.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"entry":{}}""")]
    [InlineData("""{"entry":[]}""")]
    [InlineData("""{"entry":[null]}""")]
    [InlineData("""{"entry":[17]}""")]
    [InlineData("""{"entry":[{"messaging":[]}]}""")]
    [InlineData("[]")]
    [InlineData("17")]
    public void A_webhook_without_events_is_kept_whole(string body) => Read(body).ShouldHaveSingleItem().Name.ShouldBe("unknown");

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("not json")]
    public void What_is_no_json_is_kept_as_bytes(string body) => Read(body).ShouldHaveSingleItem().Unreadable.ShouldNotBeNull();

    [Theory]
    [InlineData("messaging", "ITEM")]
    [InlineData("standby", "ITEM")]
    [InlineData("changes", """{"field":"messages","value":ITEM}""")]
    public void A_part_wrapped_for_quarantine_reads_back_the_same(string container, string element)
    {
        var item = new WebhookItem(
            "1", container, JsonSerializer.Deserialize<JsonElement>(element.Replace("ITEM", Message, StringComparison.Ordinal)));

        var again = MetaWebhook.Read(item.ToWebhook()).ShouldHaveSingleItem();

        MessageOf(again)!.Mid.ToString().ShouldBe("m1");
        again.Fingerprint().ShouldBe(item.Fingerprint());
    }

    private static string Messaging(string items) =>
        $$"""{"object":"instagram","entry":[{"time":1752834911539,"id":"17841400000000000","messaging":[{{items}}]}]}""";

    private static string Item(string message) => Messaging(Envelope(message));

    private static string Envelope(string message) =>
        $$"""{"sender":{"id":"2"},"recipient":{"id":"1"},"timestamp":1752834910447,"message":{{message}}}""";

    private static IReadOnlyList<WebhookItem> Read(string body) => MetaWebhook.Read(Encoding.UTF8.GetBytes(body));

    private static ReceivedMessage ReadMessage(string body) => MessageOf(Read(body).ShouldHaveSingleItem()).ShouldNotBeNull();

    private static ReceivedMessage? MessageOf(WebhookItem item) =>
        ReceivedMessage.Of(
            new Arrival(item, DateTimeOffset.UnixEpoch.AddYears(100), null), "message", ReceivedContent.Read);
}
