using InstaMessenger.Store.Outbound;

namespace InstaMessenger.Tests.Store.Outbound;

public sealed class SendPermitTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 8, 12, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Minutes since the customer wrote (null: never, as far as we know), who writes, and what comes of it; times in minutes after the
    /// customer's.
    /// </summary>
    [Theory]
    [InlineData(null, "Human", true, false, null)]
    [InlineData(null, "Undeclared", true, false, null)]
    [InlineData(null, "Automation", true, false, null)]
    [InlineData(0, "Automation", true, false, 1440)]
    [InlineData(-1, "Undeclared", true, false, 1440)]
    [InlineData(1439, "Human", true, false, 1440)]
    [InlineData(1440, "Undeclared", true, false, 1440)]
    [InlineData(1440, "Automation", true, false, 1440)]
    [InlineData(1441, "Human", true, true, 10080)]
    [InlineData(1441, "Undeclared", false, false, 1440)]
    [InlineData(1441, "Automation", false, false, 1440)]
    [InlineData(10080, "Human", true, true, 10080)]
    [InlineData(10080, "Automation", false, false, 1440)]
    [InlineData(10081, "Human", false, false, 10080)]
    [InlineData(10081, "Undeclared", false, false, 10080)]
    [InlineData(10081, "Automation", false, false, 10080)]
    public void The_window_decides_by_who_writes_and_when_the_customer_last_did(
        int? age, string author, bool allowed, bool tagged, int? ends)
    {
        var last = Now - (age is { } minutes ? TimeSpan.FromMinutes(minutes) : null);

        var permit = SendPermit.Of(last, Enum.Parse<Author>(author), Now);

        var end = ends is { } after ? last + TimeSpan.FromMinutes(after) : null;
        permit.HumanAgentTag.ShouldBe(tagged);
        permit.ExpiresAt.ShouldBe(allowed ? end : null);
        permit.ClosedAt.ShouldBe(allowed ? null : end);
        (permit.Refusal is null).ShouldBe(allowed);
    }

    [Fact]
    public void A_program_is_told_how_to_pass_on_a_persons_words() =>
        SendPermit.Of(Now - TimeSpan.FromDays(2), Author.Undeclared, Now).Refusal!.ShouldContain("\"sent_by\":\"human\"");
}
