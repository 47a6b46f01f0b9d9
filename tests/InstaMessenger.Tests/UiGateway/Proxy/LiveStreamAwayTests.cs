using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Tests.UiGateway.Proxy;

/// <summary>
/// An EventSource gives up for good after any status but 200: a restart of the store, answered 502, left every open inbox deaf.
/// </summary>
public sealed class LiveStreamAwayTests
{
    [Fact]
    public async Task While_the_store_is_away_a_browsers_stream_is_told_to_come_again()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream: null, "Services:Store=http://127.0.0.1:1");
        await ShouldComeAgainAsync(gateway);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task A_refusal_of_the_store_that_passes_is_no_end_either(int status)
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.StartAsync((context, _) =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("no data: of a problem");
        });
        await using var gateway = await GatewayHost.StartAsync(folder, upstream);
        (await ShouldComeAgainAsync(gateway)).ShouldNotContain("problem");
    }

    [Fact]
    public async Task The_rate_limit_ends_no_stream_for_good()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(
            folder, upstream, "RateLimits:PerAddressBurst=1", "RateLimits:PerAddressPerSecond=1");

        // The bucket fills up by itself: asked until one is over the limit.
        HttpResponseMessage answer;
        do answer = await StreamAsync(gateway);
        while (answer.StatusCode == HttpStatusCode.OK && answer.Content.Headers.ContentType?.MediaType != "text/event-stream");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("\nretry: ");
    }

    [Theory]
    [InlineData(401)]
    [InlineData(410)]
    public async Task A_refusal_that_stays_is_shown_as_it_is(int status)
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.StartAsync((context, _) =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        await using var gateway = await GatewayHost.StartAsync(folder, upstream);
        ((int)(await StreamAsync(gateway)).StatusCode).ShouldBe(status);
    }

    private static async Task<string> ShouldComeAgainAsync(ServiceUnderTest gateway)
    {
        var answer = await StreamAsync(gateway);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldContain("\nretry: ");
        // No id: the browser keeps the one that it has, and resumes there.
        text.ShouldNotContain("id:");
        return text;
    }

    private static async Task<HttpResponseMessage> StreamAsync(ServiceUnderTest gateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events/stream");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        return await gateway.Http.SendAsync(request);
    }
}
