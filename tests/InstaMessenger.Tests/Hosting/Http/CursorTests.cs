using System.Buffers.Text;
using System.Text;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;

namespace InstaMessenger.Tests.Hosting.Http;

public sealed class CursorTests
{
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeMilliseconds(1_752_834_910_447);

    [Fact]
    public void A_cursor_comes_back_as_it_went()
    {
        NumberCursor.TryParse(new NumberCursor(long.MaxValue).ToString(), out var number).ShouldBeTrue();
        number.Number.ShouldBe(long.MaxValue);
        IdCursor.TryParse(new IdCursor("acc_1").ToString(), out var id).ShouldBeTrue();
        id.Id.ShouldBe("acc_1");
        AccountCursor.TryParse(new AccountCursor(AccountId.Parse("acc_1")).ToString(), out var account).ShouldBeTrue();
        account.Id.Value.ShouldBe("acc_1");
        TimeCursor.TryParse(new TimeCursor(Time, 7).ToString(), out var time).ShouldBeTrue();
        time.ShouldBe(new TimeCursor(Time, 7));
        TimeIdCursor.TryParse(new TimeIdCursor(Time, "conv_1").ToString(), out var timeId).ShouldBeTrue();
        timeId.ShouldBe(new TimeIdCursor(Time, "conv_1"));
    }

    [Fact]
    public void A_cursor_of_another_list_is_none()
    {
        var number = new NumberCursor(7).ToString();
        IdCursor.TryParse(number, out _).ShouldBeFalse();
        TimeCursor.TryParse(number, out _).ShouldBeFalse();
        TimeIdCursor.TryParse(new TimeCursor(Time, 7).ToString(), out _).ShouldBeFalse();
        NumberCursor.TryParse(new IdCursor("acc_1").ToString(), out _).ShouldBeFalse();
        AccountCursor.TryParse(new IdCursor("acc_1").ToString(), out _).ShouldBeFalse();
        AccountCursor.TryParse(CursorWord.Of('a', 0, "conv_1"), out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("n7.")]
    [InlineData("n07.")]
    [InlineData("n+7.")]
    [InlineData("n-7.")]
    [InlineData("n 7.")]
    [InlineData("n7")]
    [InlineData("n7.x")]
    [InlineData("n99999999999999999999.")]
    [InlineData("n7.\n")]
    [InlineData("")]
    public void Only_the_exact_word_is_read(string text)
    {
        var word = Base64Url.EncodeToString(Encoding.Latin1.GetBytes(text));
        NumberCursor.TryParse(word, out _).ShouldBe(text == "n7.");
        NumberCursor.TryParse(word + "=", out _).ShouldBeFalse();
        NumberCursor.TryParse(" " + word, out _).ShouldBeFalse();
    }

    [Fact]
    public void Garbage_is_no_cursor()
    {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = new byte[random.Next(0, 40)];
            random.NextBytes(bytes);
            NumberCursor.TryParse(Base64Url.EncodeToString(bytes), out _).ShouldBeFalse();
            TimeCursor.TryParse(Encoding.Latin1.GetString(bytes), out _).ShouldBeFalse();
        }

        NumberCursor.TryParse(null, out _).ShouldBeFalse();
        NumberCursor.TryParse(new string('a', 100_000), out _).ShouldBeFalse();
    }
}
