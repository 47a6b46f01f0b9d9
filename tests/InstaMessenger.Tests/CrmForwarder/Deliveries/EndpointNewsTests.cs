using InstaMessenger.CrmForwarder.Deliveries;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.CrmForwarder.Deliveries;

public sealed class EndpointNewsTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Of_an_endpoint_that_fails_five_deliveries_a_minute_are_told()
    {
        var news = new EndpointNews(_clock);

        var told = new List<int>();
        for (var second = 0; second < 121; second++)
        {
            if (news.Failed("whe_1", out var leftOut)) told.Add(leftOut);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        told.ShouldBe([0, 0, 0, 0, 0, 55, 0, 0, 0, 0, 55]);
        news.Failed("whe_2", out _).ShouldBeTrue("another endpoint is other news");
    }

    [Fact]
    public void One_that_takes_deliveries_again_is_told_once_with_its_failures()
    {
        var news = new EndpointNews(_clock);
        news.Took("whe_1").ShouldBeNull();
        for (var n = 0; n < 3; n++) news.Failed("whe_1", out _);
        _clock.Advance(TimeSpan.FromSeconds(20));

        news.Took("whe_1").ShouldBe((TimeSpan.FromSeconds(20), 3));
        news.Took("whe_1").ShouldBeNull();
        news.Failed("whe_1", out _).ShouldBeTrue();
    }
}
