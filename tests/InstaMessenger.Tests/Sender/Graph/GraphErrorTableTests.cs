using System.Reflection;
using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Tests.Sender.Graph;

public sealed class GraphErrorTableTests
{
    [Theory]
    // code, subcode, HTTP status, media, verdict, our code, retryable or what is held back
    [InlineData(-1, null, 500, false, "later", "meta_unavailable", "Nothing")]
    [InlineData(-1, null, 500, true, "unknown", "meta_unavailable", "")]
    [InlineData(-2, null, 400, false, "later", "media_timeout", "Nothing")]
    [InlineData(-2, null, 400, true, "unknown", "media_timeout", "")]
    [InlineData(1, null, 500, false, "unknown", "meta_error", "")]
    [InlineData(1, null, 400, false, "unknown", "meta_error", "")]
    [InlineData(1, 99, 400, false, "rejected", "permission_missing", "True")]
    [InlineData(1, 1357046, 400, false, "unknown", "meta_error", "")]
    [InlineData(2, null, 500, false, "unknown", "meta_unavailable", "")]
    [InlineData(2, 2018344, 400, false, "rejected", "page_terms_not_accepted", "True")]
    [InlineData(3, null, 400, false, "rejected", "permission_missing", "True")]
    [InlineData(4, null, 403, false, "later", "rate_limited", "App")]
    [InlineData(10, null, 403, false, "rejected", "permission_missing", "True")]
    [InlineData(10, 2534022, 403, false, "rejected", "window_closed", "False")]
    [InlineData(10, 2018278, 400, false, "rejected", "window_closed", "False")]
    [InlineData(10, 2018065, 400, false, "rejected", "window_closed", "False")]
    [InlineData(10, 2018108, 400, false, "rejected", "recipient_unavailable", "False")]
    [InlineData(10, 2018300, 400, false, "rejected", "thread_owned_by_other_app", "True")]
    [InlineData(10, 1893063, 400, false, "later", "account_restricted", "AccountForLong")]
    [InlineData(17, null, 400, false, "later", "rate_limited", "Account")]
    [InlineData(32, null, 400, false, "later", "rate_limited", "Account")]
    [InlineData(100, null, 400, false, "rejected", "invalid_request", "False")]
    [InlineData(100, 33, 400, false, "rejected", "object_not_accessible", "False")]
    [InlineData(100, 2018001, 400, false, "rejected", "recipient_not_found", "False")]
    [InlineData(100, 2534014, 400, false, "rejected", "recipient_not_found", "False")]
    [InlineData(100, 2534037, 400, false, "rejected", "thread_owned_by_other_app", "True")]
    [InlineData(100, 2534025, 400, false, "rejected", "comment_not_repliable", "False")]
    [InlineData(100, 2534029, 400, false, "rejected", "account_blocked", "True")]
    [InlineData(100, 2018109, 400, true, "rejected", "media_too_large", "False")]
    [InlineData(100, 2018047, 400, true, "rejected", "media_rejected", "False")]
    [InlineData(100, 2018034, 400, false, "rejected", "empty_message", "False")]
    [InlineData(102, null, 401, false, "rejected", "session_invalid", "True")]
    [InlineData(190, null, 401, false, "later", "token_invalid", "AccountUntilNewToken")]
    [InlineData(190, 458, 400, false, "later", "token_invalid", "AccountUntilNewToken")]
    [InlineData(190, 459, 400, false, "later", "token_invalid", "AccountUntilNewToken")]
    [InlineData(190, 460, 400, false, "later", "token_invalid", "AccountUntilNewToken")]
    [InlineData(190, 463, 400, false, "later", "token_invalid", "AccountUntilNewToken")]
    [InlineData(190, 464, 400, false, "later", "token_invalid", "AccountUntilNewToken")]
    [InlineData(190, 467, 400, false, "later", "token_invalid", "AccountUntilNewToken")]
    [InlineData(190, 490, 400, false, "later", "token_invalid", "AccountUntilNewToken")]
    [InlineData(190, 492, 400, false, "later", "token_invalid", "AccountUntilNewToken")]
    [InlineData(190, 2069032, 400, false, "later", "token_invalid", "AccountUntilNewToken")]
    [InlineData(190, 999, 401, false, "later", "token_invalid", "AccountUntilNewToken")]
    [InlineData(200, null, 403, false, "rejected", "permission_missing", "True")]
    [InlineData(299, 5, 403, false, "rejected", "permission_missing", "True")]
    [InlineData(200, 2534041, 403, false, "rejected", "message_access_off", "True")]
    [InlineData(200, 2018028, 403, false, "rejected", "app_not_live", "True")]
    [InlineData(230, null, 403, false, "rejected", "permission_missing", "True")]
    [InlineData(341, null, 400, false, "later", "rate_limited", "Account")]
    [InlineData(352, null, 400, true, "rejected", "media_rejected", "False")]
    [InlineData(352, 2207026, 400, true, "rejected", "media_rejected", "False")]
    [InlineData(368, null, 400, false, "later", "temporarily_blocked", "AccountForHours")]
    [InlineData(551, null, 400, false, "rejected", "recipient_unavailable", "False")]
    [InlineData(551, 1545041, 400, false, "rejected", "recipient_unavailable", "False")]
    [InlineData(200, 1545041, 403, false, "rejected", "recipient_unavailable", "False")]
    [InlineData(10, 1545041, 400, false, "rejected", "recipient_unavailable", "False")]
    [InlineData(100, 1545041, 400, false, "rejected", "recipient_unavailable", "False")]
    [InlineData(613, null, 429, false, "later", "rate_limited", "Account")]
    [InlineData(613, 2534040, 400, false, "later", "rate_limited", "Account")]
    [InlineData(613, 1996, 400, false, "later", "rate_limited", "Account")]
    [InlineData(1200, null, 500, false, "later", "meta_unavailable", "Nothing")]
    [InlineData(2500, null, 400, false, "rejected", "invalid_request", "False")]
    [InlineData(9004, null, 400, true, "rejected", "media_not_fetched", "False")]
    [InlineData(9004, 2207052, 400, true, "rejected", "media_not_fetched", "False")]
    [InlineData(36000, null, 400, true, "rejected", "media_too_large", "False")]
    [InlineData(36000, 2207004, 400, true, "rejected", "media_too_large", "False")]
    [InlineData(36001, null, 400, true, "rejected", "media_rejected", "False")]
    [InlineData(36001, 2207005, 400, true, "rejected", "media_rejected", "False")]
    [InlineData(80001, null, 400, false, "later", "rate_limited", "Account")]
    [InlineData(80002, null, 400, false, "later", "rate_limited", "Account")]
    [InlineData(80006, null, 400, false, "later", "rate_limited", "Account")]
    [InlineData(80007, null, 400, false, "later", "rate_limited", "Account")]
    [InlineData(9000001, null, 400, false, "rejected", "object_not_accessible", "False")]
    // not in the table: the status decides, and without a 4xx nothing is certain
    [InlineData(424242, null, 400, false, "rejected", "meta_error", "False")]
    [InlineData(424242, null, 429, false, "later", "rate_limited", "Account")]
    [InlineData(424242, null, 500, false, "unknown", "meta_error", "")]
    [InlineData(424242, null, 200, false, "unknown", "meta_error", "")]
    public void Each_error_comes_to_one_outcome(
        int code, int? subcode, int status, bool media, string verdict, string ourCode, string more) =>
        Describe(GraphErrorTable.VerdictOf(new GraphError(code, subcode), status, media)).ShouldBe((verdict, ourCode, more));

    [Theory]
    [InlineData(100, 400, "later")]
    [InlineData(424242, 400, "later")]
    // That an error passes does not say that nothing was sent.
    [InlineData(1, 500, "unknown")]
    [InlineData(2, 500, "unknown")]
    [InlineData(424242, 500, "unknown")]
    public void A_transient_refusal_is_tried_again_and_a_transient_doubt_is_not(int code, int status, string verdict) =>
        Describe(
            GraphErrorTable.VerdictOf(new GraphError(code, null, IsTransient: true), status, isMedia: false)).Verdict.ShouldBe(verdict);

    [Fact]
    public void No_line_stands_twice_and_every_code_is_snake_case()
    {
        GraphErrorTable.Rows.Select(row => (row.Code, row.Subcode)).ShouldBeUnique();
        GraphErrorTable.Rows.ShouldAllBe(row => row.OurCode.All(c => char.IsAsciiLetterLower(c) || c == '_'));
    }

    [Fact]
    public void Every_line_is_in_the_table_of_tests()
    {
        var tested = typeof(GraphErrorTableTests).GetMethod(nameof(Each_error_comes_to_one_outcome))!
            .GetCustomAttributes<InlineDataAttribute>().Select(row => ((int)row.Data[0]!, (int?)row.Data[1])).ToHashSet();
        GraphErrorTable.Rows.Select(row => (row.Code, row.Subcode)).Where(line => !tested.Contains(line)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_line_says_what_happened_and_what_to_do_and_passes_on_what_Meta_says()
    {
        GraphErrorTable.Rows.ShouldAllBe(row => row.Words.Sentence.EndsWith('.') && row.Words.NextStep.EndsWith('.'));
        var said = (Verdict.Rejected)GraphErrorTable.VerdictOf(
            new GraphError(551, 1545041, UserMessage: "This person isn't available."), 400, isMedia: false);
        said.Message.ShouldEndWith("Wait until they write again. Meta says: This person isn't available.");
    }

    private static (string Verdict, string Code, string More) Describe(Verdict verdict) => verdict switch
    {
        Verdict.Rejected it => ("rejected", it.Code, it.Retryable.ToString()),
        Verdict.Later it => ("later", it.Code, it.HoldBack.ToString()),
        Verdict.Unknown it => ("unknown", it.Code, ""),
        _ => ("sent", "", ""),
    };
}
