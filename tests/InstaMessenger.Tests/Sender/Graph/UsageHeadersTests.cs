using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Tests.Sender.Graph;

public sealed class UsageHeadersTests
{
    [Theory]
    [InlineData("x-app-usage", """{"call_count":28,"total_time":96,"total_cputime":25}""", 96, 0)]
    [InlineData(
        "x-business-use-case-usage",
        """{"178":[{"type":"instagram","call_count":95,"total_cputime":20,"total_time":20,"estimated_time_to_regain_access":19}]}""",
        95,
        19)]
    [InlineData(
        "x-business-use-case-usage", """{"178":[{"type":"ads_management","call_count":100,"estimated_time_to_regain_access":60}]}""", 0, 0)]
    [InlineData(
        "x-business-use-case-usage",
        """{"178":[{"type":"messenger","call_count":1e9,"estimated_time_to_regain_access":99999999}]}""",
        1e9,
        1440)]
    [InlineData("x-business-use-case-usage", """{"178":[7,null,{"type":3}],"179":"x"}""", 0, 0)]
    [InlineData("x-app-usage", "not JSON", 0, 0)]
    [InlineData("x-app-usage", "[]", 0, 0)]
    [InlineData("x-app-usage", """{"call_count":"NaN","total_time":NaN}""", 0, 0)]
    [InlineData("x-app-usage", """{"call_count":"NaN","total_time":"96","total_cputime":"Infinity"}""", 96, 0)]
    [InlineData(
        "x-business-use-case-usage",
        """{"178":[{"type":"instagram","call_count":"\ud83d","estimated_time_to_regain_access":"NaN"}]}""",
        0,
        0)]
    [InlineData("x-business-use-case-usage", """{"178":[{"type":"\ud83d","call_count":100}]}""", 0, 0)]
    [InlineData("retry-after", "120", 0, 2)]
    [InlineData("retry-after", "NaN", 0, 0)]
    public void The_highest_figure_counts(string header, string value, double percent, int minutes)
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation(header, value);
        UsageHeaders.Of(response.Headers).ShouldBe(new UsageHeaders(percent, minutes == 0 ? null : TimeSpan.FromMinutes(minutes)));
    }
}
