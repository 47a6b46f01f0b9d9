using System.Net;
using System.Net.Http.Json;
using InstaMessenger.Simulator;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.Tests.Simulator;

public sealed class MetaEventTests
{
    [Fact]
    public async Task Everything_that_Meta_posts_can_be_played_by_its_name()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        using var http = new HttpClient { BaseAddress = simulator.BaseAddress };

        var names = (await http.GetFromJsonAsync<string[]>("control/events"))!;

        names.ShouldBe(MetaEvent.All.Select(one => one.Name));
        names.ShouldBeUnique();
        foreach (var name in names)
        {
            using var played = await http.PostAsJsonAsync(
                "control/customers/20000000000000001/play", new { account = "17841400000000001", what = name, form = "standby" });
            played.StatusCode.ShouldBe(HttpStatusCode.NoContent, name);
        }

        using var unknown = await http.PostAsJsonAsync(
            "control/customers/20000000000000001/play", new { account = "17841400000000001", what = "nothing" });
        unknown.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }
}
