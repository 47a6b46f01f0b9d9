using System.Text;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Tests.Sender.Graph;

public sealed class ThreadBodyTests
{
    private static readonly InstagramUserId Contact = InstagramUserId.Parse("42");

    [Fact]
    public void A_conversation_is_read_with_who_wrote_what_and_when()
    {
        var view = Read("""
            {"data":[{"id":"t1","messages":{"data":[
              {"id":"m2","created_time":"2026-12-01T12:00:05+0000","from":{"id":"178"},"message":"",
               "attachments":{"data":[{"id":"1","image_data":{"url":"https://x"}},{"id":"2"}]}},
              {"id":"m1","created_time":"2026-12-01T12:00:00+0000","from":{"id":"42"},"message":" hi\r\n"}]}}]}
            """).ShouldNotBeNull();

        view.Messages.Select(message => (message.Id.Value, message.ByBusiness, message.Likeness)).ShouldBe(
            [("m2", true, Likeness.Of(null, 2)), ("m1", false, Likeness.Of("hi", 0))]);
        view.Messages[0].At.ShouldBe(new DateTimeOffset(2026, 12, 1, 12, 0, 5, TimeSpan.Zero));
        view.CompleteSince.ShouldBe(DateTimeOffset.MinValue);
    }

    [Theory]
    // Only the newest have details; the list goes on; an author or a time is missing.
    [InlineData("""{"id":"m1"}""", null)]
    [InlineData("""{"id":"m1","created_time":"2026-12-01T11:00:00+0000","from":{"id":"178"},"message":"a"}""", """{"next":"https://x"}""")]
    [InlineData("""{"id":"m1","created_time":"2026-12-01T11:00:00+0000","message":"a"}""", null)]
    [InlineData("""{"id":"m1","created_time":"yesterday","from":{"id":"178"},"message":"a"}""", null)]
    public void It_is_complete_only_as_far_as_it_has_details(string older, string? paging)
    {
        var view = Read($$$"""
            {"data":[{"messages":{"data":[
              {"id":"m2","created_time":"2026-12-01T12:00:05+0000","from":{"id":"178"},"message":"b"},{{{older}}}],
              "paging":{{{paging ?? "{}"}}}}}]}
            """).ShouldNotBeNull();

        view.CompleteSince.ShouldBeGreaterThan(new DateTimeOffset(2026, 12, 1, 11, 0, 0, TimeSpan.Zero));
    }

    /// <summary>Such a text might be what is looked for, so nothing is said of what is older; what is found there is found.</summary>
    [Theory]
    [InlineData("half a pair \\ud83d")]
    [InlineData("Latin 1: \u00e9")]
    public void It_is_complete_only_down_to_a_text_that_is_no_Unicode(string text)
    {
        var view = ThreadBody.Of(
            Encoding.Latin1.GetBytes($$$"""
                {"data":[{"messages":{"data":[
                  {"id":"m3","created_time":"2026-12-01T12:00:05+0000","from":{"id":"178"},"message":"c"},
                  {"id":"m2","created_time":"2026-12-01T12:00:03+0000","from":{"id":"178"},"message":"{{{text}}}"},
                  {"id":"m1","created_time":"2026-12-01T12:00:01+0000","from":{"id":"178"},"message":"a"}]}}]}
                """),
            Contact).ShouldNotBeNull();

        view.Messages.Select(message => message.Id.Value).ShouldBe(["m3", "m1"]);
        view.CompleteSince.ShouldBe(new DateTimeOffset(2026, 12, 1, 12, 0, 6, TimeSpan.Zero));
    }

    [Fact]
    public void A_byte_order_mark_hides_nothing() =>
        Read("\ufeff" + """{"data":[{"messages":{"data":[]}}]}""").ShouldNotBeNull().CompleteSince.ShouldBe(DateTimeOffset.MinValue);

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"data":[]}""")]
    [InlineData("""{"data":[{"id":"t1"}]}""")]
    [InlineData("""{"data":[{"messages":{"data":{}}}]}""")]
    public void What_is_no_conversation_is_none(string body) => Read(body).ShouldBeNull();

    private static ThreadView? Read(string body) => ThreadBody.Of(Encoding.UTF8.GetBytes(body), Contact);
}
