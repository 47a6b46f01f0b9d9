using InstaMessenger.Store.Domain;

namespace InstaMessenger.Tests.Store.Domain;

/// <summary>
/// An echo whose text came back trimmed, with LF for CRLF, or in NFC was taken for a message written elsewhere: one send became two
/// messages.
/// </summary>
public sealed class EchoKeyTests
{
    [Theory]
    [InlineData("  hello\n", "hello")]
    [InlineData("one\r\ntwo\rthree", "one\ntwo\nthree")]
    [InlineData("one  \ntwo", "one\ntwo")]
    [InlineData("cafe\u0301", "caf\u00e9")]
    [InlineData("\u1112\u1161\u11ab\u1100\u1173\u11af", "\ud55c\uae00")]
    [InlineData("\u1e69", "s\u0307\u0323")]
    [InlineData("Vie\u0323\u0302t", "Vi\u1ec7t")]
    [InlineData("\u212b", "A\u030a")]
    [InlineData("\ud834\udd5f", "\ud834\udd58\ud834\udd65")]
    public void A_text_and_its_echo_have_one_key(string sent, string echo) => Key(echo).ShouldBe(Key(sent));

    [Theory]
    [InlineData("hello", "Hello")]
    [InlineData("cafe", "caf\u00e9")]
    [InlineData("one two", "one  two")]
    [InlineData("one\ntwo", "one two")]
    [InlineData("\ud83d\ude00", "\ud83d\ude01")]
    public void Two_texts_have_two_keys(string one, string other) => Key(other).ShouldNotBe(Key(one));

    [Fact]
    public void Media_is_known_by_kind_and_number_because_its_url_comes_back_as_another()
    {
        EchoKey.Of(MessageKind.Image, null, 1).ShouldBe("image:1");
        Key(new string('x', 10_000)).Length.ShouldBeLessThanOrEqualTo(EchoKey.Longest);
    }

    private static string Key(string text) => EchoKey.Of(MessageKind.Text, text, 0);
}
