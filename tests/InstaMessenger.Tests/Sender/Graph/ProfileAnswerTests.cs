using System.Text;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Tests.Sender.Graph;

public sealed class ProfileAnswerTests
{
    [Theory]
    [InlineData("""{"username":"anna.b","name":"Anna"}""", "Anna")]
    [InlineData("\u00ef\u00bb\u00bf{\"username\":\"anna.b\",\"name\":\"Anna\"}", "Anna")]
    [InlineData("""{"username":"anna.b","name":"Anna \ud83d"}""", "Anna \ufffd")]
    [InlineData("{\"username\":\"anna.b\",\"name\":\"Ren\u00e9e\"}", "Ren\ufffde")]
    [InlineData("""{"\ud800":1,"username":"anna.b","name":7}""", null)]
    [InlineData("""{"username":"anna.b","name":""}""", null)]
    public void One_odd_text_costs_nothing_that_stands_beside_it(string latin1, string? name) =>
        ProfileAnswer.Of(Encoding.Latin1.GetBytes(latin1))
            .ShouldBe(new ProfileAnswer(ProfileOutcome.Found, "anna.b", name, null, ContactFacts.None));

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    public void What_is_no_JSON_tells_of_nobody(string body) =>
        ProfileAnswer.Of(Encoding.UTF8.GetBytes(body)).ShouldBe(ProfileAnswer.Failed);
}
