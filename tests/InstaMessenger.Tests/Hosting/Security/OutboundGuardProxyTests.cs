using System.Net;
using System.Net.Sockets;
using InstaMessenger.Hosting.Security;

namespace InstaMessenger.Tests.Hosting.Security;

/// <summary>Apart and alone, because the proxy is a setting of the whole process.</summary>
[Collection("alone")]
public sealed class OutboundGuardProxyTests
{
    [Fact]
    public async Task A_proxy_from_the_environment_is_not_used()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        var asked = new List<string>();
        var guard = new OutboundGuard(new OutboundRules(new OutboundOptions()), (host, _) =>
        {
            asked.Add(host);
            return Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.1")]);
        });
        using var http = new HttpClient(guard.CreateHandler());
        var before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy(proxy.LocalEndpoint.ToString());
        try
        {
            OutboundRefusedException.Caused(await Should.ThrowAsync<HttpRequestException>(() => http.GetAsync("https://crm.example/")))
                .ShouldBeTrue();
            // With a proxy, only its name would have been looked at.
            asked.ShouldBe(["crm.example"]);
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }
    }
}

[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;
