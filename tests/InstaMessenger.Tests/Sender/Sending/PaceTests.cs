using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Sending;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Sender.Sending;

public sealed class PaceTests
{
    private static readonly AccountId One = AccountId.Parse("acc_1");
    private static readonly AccountId Two = AccountId.Parse("acc_2");
    private readonly FakeTimeProvider _clock = new();
    private readonly Pace _pace;

    public PaceTests() => _pace = new Pace(Options.Create(new SenderOptions()), _clock);

    [Fact]
    public void An_account_sends_no_more_than_its_rate() => InOneSecond().ShouldBeInRange(100, 110);

    [Theory]
    [InlineData(74, 100)]
    [InlineData(85, 50)]
    [InlineData(94, 10)]
    public void An_account_sends_the_more_slowly_the_nearer_it_is_to_its_limits_until_it_is_far_from_them_again(int percent, int rate)
    {
        _pace.Note(One, new UsageHeaders(percent, null));
        InOneSecond().ShouldBeInRange(rate, (int)(rate * 1.1) + 1);

        _pace.Note(One, null);
        _pace.Note(One, new UsageHeaders(0, null));
        InOneSecond().ShouldBeInRange(100, 110);
    }

    [Fact]
    public void Audio_and_video_have_a_lower_rate_and_leave_room_for_text()
    {
        Take(One, heavy: true).ShouldBe(1);
        _pace.Exhausted(heavy: true).ShouldBe([One]);
        _pace.Exhausted(heavy: false).ShouldBeEmpty();
        Take(One, heavy: false).ShouldBe(9);
    }

    [Fact]
    public void A_busy_account_does_not_slow_another()
    {
        Take(One, heavy: false);
        _pace.Exhausted(heavy: false).ShouldBe([One]);
        Take(Two, heavy: false).ShouldBe(10);
    }

    /// <summary>Meta takes 750 in an hour and then limits the account, with all that it sends.</summary>
    [Fact]
    public void Private_replies_go_in_their_order_and_never_too_many_in_an_hour()
    {
        var (began, sent) = (_clock.GetUtcNow(), new List<DateTimeOffset>());
        var waiting = Enumerable.Range(1, 2000).ToDictionary(row => (long)row, row => began);
        while (waiting.Count > 0)
        {
            foreach (var row in waiting.Where(pair => pair.Value <= _clock.GetUtcNow()).Select(pair => pair.Key).ToList())
            {
                if (_pace.PrivateReplyAt(One, row) is { } turn) waiting[row] = turn;
                else if (waiting.Remove(row)) sent.Add(_clock.GetUtcNow());
            }

            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        sent.Count(at => at == began).ShouldBe(50);
        foreach (var from in sent) sent.Count(at => at >= from && at < from.AddHours(1)).ShouldBeLessThanOrEqualTo(751);
        (sent[^1] - began).ShouldBeInRange(TimeSpan.FromHours(2.7), TimeSpan.FromHours(2.9));
        _pace.PrivateReplyAt(Two, 5000).ShouldBeNull();
    }

    [Fact]
    public void A_thread_gets_no_more_than_its_rate_and_holds_up_no_other()
    {
        var (busy, calm) = (InstagramUserId.Parse("1"), InstagramUserId.Parse("2"));
        var taken = 0;
        for (var step = 0; step <= 100; step++, _clock.Advance(TimeSpan.FromMilliseconds(10)))
        {
            for (; _pace.HasRoom(One, busy) && _pace.HasRoom(One, heavy: false); taken++) _pace.Take(One, busy, heavy: false);
        }

        taken.ShouldBeInRange(20, 22);
        _pace.HasRoom(One, calm).ShouldBeTrue();
        _pace.HasRoom(Two, busy).ShouldBeTrue();
    }

    [Fact]
    public void Threads_at_rest_are_forgotten_and_busy_ones_are_not()
    {
        for (var n = 0; n < 9_999; n++) _pace.Take(Two, InstagramUserId.Parse($"{n}"), heavy: false);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var busy = InstagramUserId.Parse("99999");
        while (_pace.HasRoom(One, busy)) _pace.Take(One, busy, heavy: false);
        _pace.Take(One, InstagramUserId.Parse("99998"), heavy: false);

        _pace.HasRoom(One, busy).ShouldBeFalse();
    }

    private int _contacts = 100;

    private int InOneSecond()
    {
        var taken = Take(One, heavy: false);
        for (var step = 0; step < 100; step++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            taken += Take(One, heavy: false);
        }

        return taken;
    }

    private int Take(AccountId account, bool heavy)
    {
        var count = 0;
        // Each to a contact of their own, who holds up nobody.
        for (; _pace.HasRoom(account, heavy); count++) _pace.Take(account, InstagramUserId.Parse($"{_contacts++}"), heavy);
        return count;
    }
}
