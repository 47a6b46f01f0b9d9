using System.Net;
using System.Text;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Sending;

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
    [InlineData(400, "<html>", "Unknown")]
    [InlineData(400, """{"error":"sorry"}""", "Unknown")]
    [InlineData(429, "<html>", "Later")]
    [InlineData(500, "<html>", "Unknown")]
    [InlineData(503, """{"error":{"code":4}}""", "Later")]
    public void Status_and_body_are_judged_together(int status, string body, string verdict)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        GraphAnswer.Of(response, Encoding.UTF8.GetBytes(body), isMedia: false).Verdict.GetType().Name.ShouldBe(verdict);
    }

    [Fact]
    public void What_Meta_wrote_for_users_is_passed_on()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.BadRequest);
        var body = """{"error":{"message":"x","code":100,"error_user_msg":"Do this.","fbtrace_id":"A1"}}"""u8.ToArray();
        var answer = GraphAnswer.Of(response, body, isMedia: false);
        answer.Verdict.ShouldBeOfType<Verdict.Rejected>().Message.ShouldEndWith("Meta says: Do this.");
        answer.Error!.FbTraceId.ShouldBe("A1");
    }
}
