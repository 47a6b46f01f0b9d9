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
        NumberCursor<Sheep>.TryParse(new NumberCursor<Sheep>(long.MaxValue).ToString(), out var number).ShouldBeTrue();
        number.Number.ShouldBe(long.MaxValue);
        IdCursor<Sheep>.TryParse(new IdCursor<Sheep>("acc_1").ToString(), out var id).ShouldBeTrue();
        id.Id.ShouldBe("acc_1");
        AccountCursor.TryParse(new AccountCursor(AccountId.Parse("acc_1")).ToString(), out var account).ShouldBeTrue();
        account.Id.Value.ShouldBe("acc_1");
        TimeCursor<Sheep>.TryParse(new TimeCursor<Sheep>(Time, 7).ToString(), out var time).ShouldBeTrue();
        time.ShouldBe(new TimeCursor<Sheep>(Time, 7));
        TimeIdCursor.TryParse(new TimeIdCursor(Time, "conv_1").ToString(), out var timeId).ShouldBeTrue();
        timeId.ShouldBe(new TimeIdCursor(Time, "conv_1"));
    }

    [Fact]
    public void A_cursor_of_another_list_is_none()
    {
        var number = new NumberCursor<Sheep>(7).ToString();
        IdCursor<Sheep>.TryParse(number, out _).ShouldBeFalse();
        TimeCursor<Sheep>.TryParse(number, out _).ShouldBeFalse();
        TimeIdCursor.TryParse(new TimeCursor<Sheep>(Time, 7).ToString(), out _).ShouldBeFalse();
        NumberCursor<Sheep>.TryParse(new IdCursor<Sheep>("acc_1").ToString(), out _).ShouldBeFalse();
        AccountCursor.TryParse(new IdCursor<Sheep>("acc_1").ToString(), out _).ShouldBeFalse();
        AccountCursor.TryParse(CursorWord.Of("a", 0, "conv_1"), out _).ShouldBeFalse();
        // One that is ordered alike, of other things: it would begin anywhere.
        NumberCursor<Goat>.TryParse(number, out _).ShouldBeFalse();
        IdCursor<Goat>.TryParse(new IdCursor<Sheep>("acc_1").ToString(), out _).ShouldBeFalse();
        TimeCursor<Goat>.TryParse(new TimeCursor<Sheep>(Time, 7).ToString(), out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("nSheep:7.")]
    [InlineData("nSheep:07.")]
    [InlineData("nSheep:+7.")]
    [InlineData("nSheep:-7.")]
    [InlineData("nSheep: 7.")]
    [InlineData("nSheep:7")]
    [InlineData("nSheep7.")]
    [InlineData("nsheep:7.")]
    [InlineData("nSheep:7.x")]
    [InlineData("nSheep:99999999999999999999.")]
    [InlineData("nSheep:7.\n")]
    [InlineData("")]
    public void Only_the_exact_word_is_read(string text)
    {
        var word = Base64Url.EncodeToString(Encoding.Latin1.GetBytes(text));
        NumberCursor<Sheep>.TryParse(word, out _).ShouldBe(text == "nSheep:7.");
        NumberCursor<Sheep>.TryParse(word + "=", out _).ShouldBeFalse();
        NumberCursor<Sheep>.TryParse(" " + word, out _).ShouldBeFalse();
    }

    [Fact]
    public void Garbage_is_no_cursor()
    {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = new byte[random.Next(0, 40)];
            random.NextBytes(bytes);
            NumberCursor<Sheep>.TryParse(Base64Url.EncodeToString(bytes), out _).ShouldBeFalse();
            TimeCursor<Sheep>.TryParse(Encoding.Latin1.GetString(bytes), out _).ShouldBeFalse();
        }

        NumberCursor<Sheep>.TryParse(null, out _).ShouldBeFalse();
        NumberCursor<Sheep>.TryParse(new string('a', 100_000), out _).ShouldBeFalse();
    }

    private sealed class Sheep;

    private sealed class Goat;
}
