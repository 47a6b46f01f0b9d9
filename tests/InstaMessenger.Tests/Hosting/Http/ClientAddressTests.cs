using System.Net;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Tests.Hosting.Http;

/// <summary>The peer of these requests is 127.0.0.1.</summary>
public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9")]
    public void These_addresses_count_as_one_client(string one, string other) => Of(one).ShouldBe(Of(other));

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1")]
    public void These_addresses_are_two_clients(string one, string other) => Of(one).ShouldNotBe(Of(other));

    [Theory]
    [InlineData("", "198.51.100.1")]
    [InlineData("10.0.0.0/8", "198.51.100.1")]
    [InlineData("127.0.0.2", "198.51.100.1, 198.51.100.2")]
    public async Task A_forwarded_address_is_not_believed_from_a_peer_that_no_setting_names(string proxies, string forwarded) =>
        (await SeenAsync(proxies, forwarded, "https")).ShouldBe("127.0.0.1 http");

    [Theory]
    [InlineData("127.0.0.1", "198.51.100.1", "198.51.100.1")]
    [InlineData("10.0.0.1, 127.0.0.0/8", "198.51.100.1:4711", "198.51.100.1")]
    [InlineData("127.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1")] // the first is the client's own claim
    [InlineData("127.0.0.1,10.0.0.0/8", "1.1.1.1, 198.51.100.1, 10.9.9.9", "198.51.100.1")] // two known proxies in a row
    [InlineData("127.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("127.0.0.1", "rubbish", "127.0.0.1")]
    public async Task A_known_proxy_is_believed_and_nobody_before_it(string proxies, string forwarded, string address) =>
        (await SeenAsync(proxies, forwarded, "https")).ShouldStartWith(address + " ");

    [Fact]
    public async Task A_known_proxy_says_that_the_client_spoke_https() =>
        (await SeenAsync("127.0.0.1", "198.51.100.1", "https")).ShouldBe("198.51.100.1 https");

    [Theory]
    [InlineData("ForwardedHeaders:KnownProxies:0=proxy.example", "ForwardedHeaders:KnownProxies:0")]
    [InlineData("ForwardedHeaders:KnownProxies=10.0.0.0/8,10.0.0.0/99", "ForwardedHeaders:KnownProxies")]
    [InlineData("FORWARDEDHEADERS_ENABLED=true", "ASPNETCORE_FORWARDEDHEADERS_ENABLED")]
    public async Task A_proxy_that_cannot_be_named_so_stops_the_start(string setting, string named) =>
        (await Should.ThrowAsync<SettingException>(() => StartAsync(setting))).Message.ShouldStartWith(named + " ");

    private static string Of(string address)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        return ClientAddress.Of(context);
    }

    private static async Task<string> SeenAsync(string proxies, string forwarded, string scheme)
    {
        await using var service = await StartAsync("ForwardedHeaders:KnownProxies=" + proxies);
        service.Http.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-For", forwarded);
        service.Http.DefaultRequestHeaders.Add("X-Forwarded-Proto", scheme);
        return await service.Http.GetStringAsync("/seen");
    }

    private static async Task<ServiceUnderTest> StartAsync(string setting)
    {
        using var folder = new TemporaryFolder();
        return await ServiceUnderTest.StartAsync(
            folder.Path,
            _ => { },
            app => app.MapGet("/seen", (HttpContext context) => $"{ClientAddress.Of(context)} {context.Request.Scheme}").AllowAnonymous(),
            setting);
    }
}
