using System.Net;
using System.Net.Sockets;
using InstaMessenger.Hosting.Security;

namespace InstaMessenger.Tests.Hosting.Security;

/// <summary>Everything that must not be called, and a listener on loopback that nobody may reach.</summary>
public sealed class OutboundGuardTests : IDisposable
{
    private readonly TcpListener _canary = new(IPAddress.Loopback, 0);
    private readonly OutboundGuard _guard = Guard();

    public OutboundGuardTests() => _canary.Start();

    public static TheoryData<string> PrivateAddresses =>
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.1.2.3", "127.255.255.255",
        "168.63.129.16",
        "169.254.0.1",
        "169.254.169.254",
        "169.254.170.2",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "192.168.255.255",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1", "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fdff::1",
        "fe80::1", "fec0::1", "ff02::1", "ff0e::1", "4000::1", "8000::1",
    ];

    public static TheoryData<string> PublicAddresses =>
        ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"];

    /// <summary>Other spellings of the canary's address, and what hides the host from a reader.</summary>
    public static TheoryData<string> Urls =>
    [
        "https://127.0.0.1:{0}/",
        "https://127.1:{0}/",
        "https://2130706433:{0}/",
        "https://0x7f000001:{0}/",
        "https://0x7f.0.0.1:{0}/",
        "https://0177.0.0.1:{0}/",
        "https://017700000001:{0}/",
        "https://127.0.0.1.:{0}/",
        "https://[::1]:{0}/",
        "https://[::ffff:127.0.0.1]:{0}/",
        "https://[::ffff:7f00:1]:{0}/",
        "https://[0:0:0:0:0:0:0:1]:{0}/",
        "https://0.0.0.0:{0}/",
        "https://0:{0}/",
        "https://localhost:{0}/",
        "https://LOCALHOST:{0}/",
        "https://localhost.:{0}/",
        "https://①②⑦.⓪.⓪.①:{0}/",
        "https://good.example@127.0.0.1:{0}/",
        "https://user:secret@127.0.0.1:{0}/",
        "https://127.0.0.1:{0}#good.example",
        "https://127.0.0.1:{0}/?good.example",
        "http://127.0.0.1:{0}/",
        "http://good.example:{0}/",
        "ftp://127.0.0.1:{0}/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{0}/",
        "ws://127.0.0.1:{0}/",
    ];

    public void Dispose() => _canary.Dispose();

    [Theory]
    [MemberData(nameof(PrivateAddresses))]
    public async Task A_name_with_an_address_that_is_not_public_is_refused(string address)
    {
        var guard = Guard(resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]));
        await ShouldRefuseAsync(guard, Url("https://crm.example:{0}/"));
    }

    [Theory]
    [MemberData(nameof(Urls))]
    public async Task No_spelling_reaches_the_canary(string url)
    {
        using var http = new HttpClient(_guard.CreateHandler());
        // Some spellings are no URL, or a name that nobody has; all that counts is that no one is called.
        await Should.ThrowAsync<Exception>(() => http.GetAsync(Url(url)));
        _canary.Pending().ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(PublicAddresses))]
    public void Public_addresses_are_allowed(string address) => OutboundRules.IsPublic(IPAddress.Parse(address)).ShouldBeTrue();

    [Fact]
    public Task One_private_address_among_public_ones_refuses_the_name() => ShouldRefuseAsync(
        Guard(resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("1.1.1.1"), IPAddress.Loopback])),
        Url("https://crm.example:{0}/"));

    [Fact]
    public async Task A_name_is_resolved_once_so_that_a_second_answer_cannot_differ_from_the_checked_one()
    {
        var looks = 0;
        var guard = Guard(allowPrivate: true, resolve: (_, _) =>
        {
            looks++;
            return Task.FromResult<IPAddress[]>([looks == 1 ? IPAddress.Loopback : IPAddress.Parse("240.0.0.1")]);
        });
        using var http = new HttpClient(guard.CreateHandler());
        var call = http.GetAsync(Url("http://crm.example:{0}/"));
        using var connection = await _canary.AcceptTcpClientAsync();
        await connection.GetStream().WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
        (await call).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        looks.ShouldBe(1);
    }

    [Fact]
    public async Task Private_addresses_and_http_are_allowed_when_the_operator_says_so()
    {
        using var http = new HttpClient(Guard(allowPrivate: true).CreateHandler());
        var call = http.GetAsync(Url("http://127.0.0.1:{0}/"));
        using var connection = await _canary.AcceptTcpClientAsync();
        await connection.GetStream().WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
        (await call).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    /// <summary>What is listed is called although private, and nothing else; whatever the rest of the network is.</summary>
    [Theory]
    [InlineData("127.0.0.1", "http://127.0.0.1:{0}/", true)]
    [InlineData("127.0.0.0/8", "http://127.0.0.1:{0}/", true)]
    [InlineData("crm.internal", "http://crm.internal:{0}/", true)]
    [InlineData("CRM.internal.", "http://crm.INTERNAL:{0}/", true)]
    [InlineData("127.0.0.0/8", "http://crm.internal:{0}/", true)]
    [InlineData("10.0.0.0/8", "http://127.0.0.1:{0}/", false)]
    [InlineData("10.0.0.0/8", "http://crm.internal:{0}/", false)]
    [InlineData("crm.internal", "http://other.internal:{0}/", false)]
    [InlineData("crm.internal", "http://127.0.0.1:{0}/", false)]
    [InlineData("internal", "http://crm.internal:{0}/", false)]
    public async Task Only_listed_private_addresses_are_called(string allowed, string url, bool called)
    {
        var guard = Guard(resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]), allowed: allowed);
        if (!called)
        {
            await ShouldRefuseAsync(guard, Url(url));
            return;
        }

        using var http = new HttpClient(guard.CreateHandler());
        var call = http.GetAsync(Url(url));
        using var connection = await _canary.AcceptTcpClientAsync();
        await connection.GetStream().WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
        (await call).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private static OutboundGuard Guard(
        bool allowPrivate = false, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null, string? allowed = null)
    {
        var options = new OutboundOptions { AllowPrivateAddresses = allowPrivate };
        if (allowed is not null) options.AllowedAddresses.Add(allowed);
        return new OutboundGuard(new OutboundRules(options), resolve);
    }

    private string Url(string format) =>
        format.Replace("{0}", ((IPEndPoint)_canary.LocalEndpoint).Port.ToString(), StringComparison.Ordinal);

    private async Task ShouldRefuseAsync(OutboundGuard guard, string url)
    {
        using var http = new HttpClient(guard.CreateHandler());
        var error = await Should.ThrowAsync<Exception>(() => http.GetAsync(url));
        OutboundRefusedException.Caused(error).ShouldBeTrue(error.ToString());
        _canary.Pending().ShouldBeFalse();
    }
}
