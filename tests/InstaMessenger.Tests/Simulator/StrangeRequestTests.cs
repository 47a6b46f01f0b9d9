using System.Net;
using System.Text;
using InstaMessenger.Simulator;

namespace InstaMessenger.Tests.Simulator;

public sealed class StrangeRequestTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private SimulatorHost _simulator = null!;

    public async ValueTask InitializeAsync() =>
        _simulator = await SimulatorHost.StartAsync(new SimulatorOptions { AllowedHosts = { "simulator" } });

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _simulator.DisposeAsync();
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    public async Task A_page_of_another_site_cannot_steer_it(string header, string value)
    {
        using var request = Reset();
        request.Headers.Add(header, value);

        (await SendAsync(request)).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    public async Task A_foreign_name_that_leads_here_is_refused(string host)
    {
        using var request =
            new HttpRequestMessage(HttpMethod.Get, new Uri(_simulator.BaseAddress, "control/state")) { Headers = { Host = host } };

        (await SendAsync(request)).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Its_own_page_scripts_and_services_are_served()
    {
        using var own = Reset();
        own.Headers.Add("Sec-Fetch-Site", "same-origin");
        own.Headers.Add("Origin", _simulator.BaseAddress.GetLeftPart(UriPartial.Authority));
        using var script = Reset();
        using var service =
            new HttpRequestMessage(HttpMethod.Get, new Uri(_simulator.BaseAddress, "health/live")) { Headers = { Host = "simulator" } };
        using var link = new HttpRequestMessage(HttpMethod.Get, _simulator.BaseAddress);
        link.Headers.Add("Sec-Fetch-Site", "cross-site");
        link.Headers.Add("Sec-Fetch-Mode", "navigate");

        foreach (var request in (HttpRequestMessage[])[own, script, service, link])
            (await SendAsync(request)).ShouldNotBe(HttpStatusCode.Forbidden);
    }

    private HttpRequestMessage Reset() => new(HttpMethod.Post, new Uri(_simulator.BaseAddress, "control/reset"))
    {
        Content = new StringContent("{}", Encoding.UTF8, "text/plain"),
    };

    private async Task<HttpStatusCode> SendAsync(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
