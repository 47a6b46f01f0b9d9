using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.ReadBacks;

namespace InstaMessenger.Tests.Sender.ReadBacks;

/// <summary>
/// What a conversation says of sends, as a table. Sends and messages are written <c>text@second</c>; a send with <c>!</c> is under way, a
/// message with <c>?</c> is the customer's and one with <c>#</c> belongs to another send. <c>img</c> is an image.
/// </summary>
public sealed class ThreadMatchTests
{
    private static readonly DateTimeOffset Start = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("hi@100", "hi@101", "1")]
    [InlineData("hi@100", "", "absent")]
    [InlineData("hi@100", "hi@101?", "absent")]
    [InlineData("hi@100", "hi@101#", "absent")]
    // Older than the call: said before.
    [InlineData("hi@100", "hi@50", "absent")]
    // Meta's seconds are whole, and clocks differ a little.
    [InlineData("hi@100", "hi@97", "1")]
    [InlineData("hi@100", "ho@50", "absent")]
    // Of the same time, of the same form, and nobody's: it may be ours, changed.
    [InlineData("hi@100", "ho@101", "unprovable")]
    [InlineData("hi@100", "ho@101#", "absent")]
    [InlineData("hi@100", "ho@300", "absent")]
    [InlineData("img@100", "ho@101", "absent")]
    [InlineData("img@100", "img@101", "1")]
    [InlineData("img@100", "img@101#", "absent")]
    // Equal ones, by number and order.
    [InlineData("hi@100 hi@110", "hi@101 hi@111", "1 2")]
    [InlineData("hi@100 hi@110", "hi@101", "1 absent")]
    [InlineData("hi@100 hi@110", "hi@111 hi@112", "1 2")]
    [InlineData("hi@100 hi@200 hi@300", "hi@201 hi@301", "1 2 absent")]
    [InlineData("hi@100 hi@200", "hi@101# hi@201", "2 absent")]
    [InlineData("hi@100 ho@110", "ho@111 hi@101", "2 1")]
    // While an equal one is under way nothing is certain.
    [InlineData("hi@100 hi@400!", "hi@401", "busy busy")]
    [InlineData("hi@100 ho@400!", "", "absent busy")]
    public void Each_send_is_found_absent_or_left_open(string sends, string messages, string expected)
    {
        var missing = Split(sends).Select((send, index) => new Missing(index + 1, At(send), LikenessOf(send), send.EndsWith('!'))).ToList();
        var items = Split(messages).Select((message, index) =>
            new ThreadMessage(Mid(index), At(message), !message.EndsWith('?'), LikenessOf(message))).ToList();
        var taken = Split(messages).Select((message, index) => (message, index)).Where(item => item.message.EndsWith('#'))
            .Select(item => Mid(item.index)).ToHashSet();

        var found = ThreadMatch.Of(missing, new ThreadView(items, DateTimeOffset.MinValue), taken);

        missing.Select(send => Describe(found[send.Sequence])).ShouldBe(Split(expected));
    }

    [Fact]
    public void What_the_view_does_not_reach_is_unprovable_and_never_absent()
    {
        var view = new ThreadView([], Start.AddSeconds(96));
        var found = ThreadMatch.Of([new Missing(1, At("hi@100"), LikenessOf("hi@100"), false)], view, new HashSet<InstagramMessageId>());
        found[1].ShouldBeOfType<Finding.Unprovable>();
    }

    [Fact]
    public void A_clock_that_goes_wrong_makes_nothing_absent()
    {
        var message = new ThreadMessage(Mid(0), At("hi@101"), true, LikenessOf("hi@101"));
        var view = new ThreadView([message], DateTimeOffset.MinValue, TimeSpan.FromMinutes(-10));
        var found = ThreadMatch.Of([new Missing(1, At("hi@700"), LikenessOf("hi@700"), false)], view, new HashSet<InstagramMessageId>());
        found[1].ShouldBeOfType<Finding.Found>().At.ShouldBe(At("hi@701"));
    }

    [Theory]
    [InlineData("", "absent")]
    [InlineData("hi@101", "unprovable")]
    [InlineData("img@101", "unprovable")]
    [InlineData("hi@101?", "absent")]
    public void One_whose_look_is_not_known_is_absent_only_beside_nothing_of_the_business(string messages, string expected)
    {
        var items = Split(messages).Select(text => new ThreadMessage(Mid(0), At(text), !text.EndsWith('?'), LikenessOf(text))).ToList();
        var missing = new Missing(1, At("x@100"), null, InHand: false);
        var found = ThreadMatch.Of([missing], new ThreadView(items, DateTimeOffset.MinValue), new HashSet<InstagramMessageId>());
        Describe(found[1]).ShouldBe(expected);
    }

    private static string[] Split(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static DateTimeOffset At(string text) => Start.AddSeconds(int.Parse(text.Split('@')[1].TrimEnd('!', '?', '#')));

    private static Likeness LikenessOf(string text) =>
        text.StartsWith("img", StringComparison.Ordinal) ? Likeness.Of(null, 1) : Likeness.Of(text.Split('@')[0], 0);

    private static InstagramMessageId Mid(int index) => InstagramMessageId.Parse($"mid.{index + 1}");

    private static string Describe(Finding finding) => finding switch
    {
        Finding.Found found => found.Id.Value["mid.".Length..],
        var other => other.GetType().Name.ToLowerInvariant(),
    };
}
