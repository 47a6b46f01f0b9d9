using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;

namespace InstaMessenger.Tests.CrmForwarder.Data;

public sealed class DataErasureTests
{
    /// <summary>The second round begins while the first is under way; its rows were missing in the report.</summary>
    [Fact]
    public void What_a_round_erased_that_was_overtaken_before_its_report_is_told_with_the_next_one()
    {
        var now = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
        var first = new EraseData("era_1", 1, AccountId.Parse("acc_1"), InstagramUserId.Parse("42"), null, now, 5);
        var erasure = DataErasure.Of(first);
        erasure.Begin(first, now);
        erasure.Rows = 4;

        erasure.Begin(first with { Round = 2 }, now);
        erasure.Rows.ShouldBe(4);

        erasure.ReportedAt = now;
        erasure.Begin(first with { Round = 3 }, now);
        erasure.Rows.ShouldBe(0);
    }
}
