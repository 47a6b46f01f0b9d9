using System.Net;
using System.Text;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Tests.Sender.Graph;

public sealed class GraphAnswerTests
{
    [Theory]
    [InlineData(200, """{"recipient_id":"42","message_id":"mid.1"}""", "Sent")]
    [InlineData(200, """{"error":{"message":"x","code":10,"error_subcode":2534022}}""", "Rejected")]
    [InlineData(200, """{"message_id":"mid.1","error":{"code":1}}""", "Unknown")]
    [InlineData(200, """{"recipient_id":"42"}""", "Unknown")]
    [InlineData(200, """{"message_id":17}""", "Unknown")]
    [InlineData(200, """{"message_id":"mid""", "Unknown")]
    [InlineData(200, "", "Unknown")]
    [InlineData(302, "", "Unknown")]
    [InlineData(400, "<html>", "Rejected")]
    [InlineData(400, """{"error":"sorry"}""", "Rejected")]
    [InlineData(400, """{"error":{"message":"no code"}}""", "Rejected")]
    [InlineData(400, "", "Rejected")]
    [InlineData(403, "[]", "Rejected")]
    [InlineData(404, """{"error":{"code":"x"}}""", "Rejected")]
    [InlineData(413, "Too large", "Rejected")]
    [InlineData(400, """{"message_id":"mid.1"}""", "Unknown")]
    [InlineData(429, "<html>", "Later")]
    [InlineData(500, "<html>", "Unknown")]
    [InlineData(503, """{"error":{"code":4}}""", "Later")]
    public void Status_and_body_are_judged_together(int status, string body, string verdict)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        GraphAnswer.Of(response, Encoding.UTF8.GetBytes(body), new OutgoingText("hi")).Verdict.GetType().Name.ShouldBe(verdict);
    }

    /// <summary>Each was a known outcome that its decoration turned into an unknown one; 190 did not stop the account.</summary>
    [Theory]
    [InlineData(400, """{"error":{"code":10,"error_subcode":2534022,"error_user_msg":"Too late \ud83d"}}""", "Rejected")]
    [InlineData(400, """{"error":{"code":551,"fbtrace_id":"A\ud83d"}}""", "Rejected")]
    [InlineData(400, """{"error":{"error_user_msg":"\udc00\ud800","code":190,"fbtrace_id":"A"}}""", "Later")]
    [InlineData(400, "{\"error\":{\"code\":10,\"error_subcode\":2534022,\"error_user_msg\":\"trop tard, d\u00e9sol\u00e9\"}}", "Rejected")]
    [InlineData(401, "\u00ef\u00bb\u00bf{\"error\":{\"code\":190}}", "Later")]
    [InlineData(200, "\u00ef\u00bb\u00bf{\"message_id\":\"mid.1\"}", "Sent")]
    [InlineData(200, "{\"recipient_id\":\"\u00e9\",\"message_id\":\"mid.1\"}", "Sent")]
    [InlineData(200, """{"message_id":"mid.1","note":"\ud83d"}""", "Sent")]
    [InlineData(200, """{"message_id":"mid.1","share":NaN}""", "Sent")]
    [InlineData(200, """{"share":NaN,"message_id":"mid.1"}""", "Sent")]
    [InlineData(400, """{"error":{"share":NaN,"code":190}}""", "Later")]
    [InlineData(400, """{"error":{"code":"190"}}""", "Later")]
    [InlineData(400, """{"error":{"code":190.0,"error_subcode":463.0}}""", "Later")]
    [InlineData(400, """{"error":{"error_data":{"code":1},"code":551}}""", "Rejected")]
    [InlineData(400, """{"error":{"code":551,"message":"cut of""", "Rejected")]
    [InlineData(400, "{\"error\":{\"message\":\"two\nlines\",\"code\":190}}", "Later")]
    [InlineData(400, """{"error":{"message":"he said \"code\":1, \x","code":190}}""", "Later")]
    [InlineData(200, """{"error":{"share":NaN,"code":1},"message_id":"mid.1"}""", "Unknown")]
    [InlineData(400, """{"error":{"code":1,"error_data":NaN,"error_subcode":99}}""", "Rejected")]
    [InlineData(400, """{"error":{"code":2,"error_user_msg":"\x","error_subcode":2018344}}""", "Rejected")]
    [InlineData(500, """{"error":{"code":1,"message":"he said \"error_subcode\":99, \x"}}""", "Unknown")]
    public void Decoration_overturns_no_outcome(int status, string latin1, string verdict)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        response.Headers.TryAddWithoutValidation("x-app-usage", """{"call_count":"NaN","total_time":"\ud83d"}""");
        GraphAnswer.Of(response, Encoding.Latin1.GetBytes(latin1), new OutgoingText("hi")).Verdict.GetType().Name.ShouldBe(verdict);
    }

    [Theory]
    [InlineData("Too late \\ud83d", "Too late \ufffd")]
    [InlineData("d\u00e9sol\u00e9", "d\ufffdsol\ufffd")]
    [InlineData("a\\tb\\u0000c \\ud83d\\ude00 \\/", "a b c \ud83d\ude00 /")]
    public void What_Meta_wrote_becomes_whole_characters(string latin1, string expected)
    {
        var body = Encoding.Latin1.GetBytes($$$"""{"error":{"code":10,"error_user_msg":"{{{latin1}}}"}}""");
        GraphBody.Of(body).Error!.UserMessage.ShouldBe(expected);
    }

    [Theory]
    [InlineData("\\ud83d\\ude00", 299, 299)]
    [InlineData("\\ud83d\\ude00", 298, 300)]
    // A family of four is one character of eleven units.
    [InlineData("\\ud83d\\udc68\\u200d\\ud83d\\udc69\\u200d\\ud83d\\udc67\\u200d\\ud83d\\udc66", 295, 295)]
    [InlineData("e\\u0301", 299, 299)]
    public void A_sentence_is_cut_between_characters(string character, int before, int left)
    {
        var body = Encoding.Latin1.GetBytes(
            $$$"""{"error":{"code":10,"error_user_msg":"{{{new string('z', before)}}}{{{character}}} end"}}""");
        var said = GraphBody.Of(body).Error!.UserMessage!;
        said.Length.ShouldBe(left);
        said.ShouldNotContain('\ufffd');
    }

    [Fact]
    public void One_character_that_is_longer_than_a_sentence_may_be_is_cut_all_the_same()
    {
        var body = Encoding.UTF8.GetBytes($$$"""{"error":{"code":10,"error_user_msg":"a{{{new string('\u0301', 500)}}}"}}""");
        GraphBody.Of(body).Error!.UserMessage!.Length.ShouldBe(300);
    }

    [Fact]
    public void What_Meta_wrote_for_users_is_passed_on()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.BadRequest);
        var body = """{"error":{"message":"x","code":100,"error_user_msg":"Do this.","fbtrace_id":"A1"}}"""u8.ToArray();
        var answer = GraphAnswer.Of(response, body, new OutgoingText("hi"));
        answer.Verdict.ShouldBeOfType<Verdict.Rejected>().Message.ShouldEndWith("Meta says: Do this.");
        answer.Error!.FbTraceId.ShouldBe("A1");
    }
}
