using InstaMessenger.Store.Domain;

namespace InstaMessenger.Tests.Store.Domain;

public sealed class ReadReceiptsTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>It began with the thread, and went through all that a customer had ever written to find one message of ours.</summary>
    [Fact]
    public void A_first_receipt_begins_with_the_first_message_of_ours_however_late_that_is_known()
    {
        var reads = ReadReceipts.None.WithOurs(At(500)).WithOurs(At(400)).WithOurs(At(600));

        var (_, part) = reads.With(Receipt(700)).ShouldNotBeNull();

        part.After.ShouldNotBeNull().ShouldBeInRange(At(399), At(400) - TimeSpan.FromMilliseconds(1));
        part.Receipt.UpTo.ShouldBe(At(700));
    }

    [Fact]
    public void A_receipt_of_a_thread_in_which_we_wrote_nothing_goes_through_nothing()
    {
        var (reads, part) = ReadReceipts.None.With(Receipt(700)).ShouldNotBeNull();

        part.After.ShouldBe(At(700));
        // What comes late is read all the same.
        reads.WithOurs(At(600)).ReadAt(At(600)).ShouldBe(Receipt(700).At);
    }

    [Fact]
    public void A_receipt_of_a_thread_from_before_goes_through_all_of_it()
    {
        ReadReceipts.Unknown.WithOurs(At(500)).With(Receipt(700)).ShouldNotBeNull().Part.After.ShouldBeNull();
        ReadReceipts.OfJson("[]").WithOurs(At(500)).Since.ShouldBeNull();
    }

    [Fact]
    public void What_is_kept_is_read_again_also_as_it_was_kept_before()
    {
        var (reads, _) = ReadReceipts.None.WithOurs(At(500)).With(Receipt(700)).ShouldNotBeNull();

        ReadReceipts.OfJson(reads.ToJson()).ShouldBeEquivalentTo(reads);
        var before = ReadReceipts.OfJson("""[{"upTo":"2026-03-01T12:11:40+00:00","at":"2026-03-01T12:11:41+00:00"}]""");
        before.ReadAt(At(600)).ShouldBe(Receipt(700).At);
        before.Since.ShouldBeNull();
    }

    private static DateTimeOffset At(int seconds) => Start + TimeSpan.FromSeconds(seconds);

    private static ReadReceipt Receipt(int upTo) => new(At(upTo), At(upTo + 1));
}
