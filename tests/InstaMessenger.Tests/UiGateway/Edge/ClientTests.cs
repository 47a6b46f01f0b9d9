using System.Net;
using InstaMessenger.UiGateway.Edge;
using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Tests.UiGateway.Edge;

public sealed class ClientTests
{
    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9")]
    public void These_addresses_count_as_one_client(string one, string other) => Address(one).ShouldBe(Address(other));

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1")]
    public void These_addresses_are_two_clients(string one, string other) => Address(one).ShouldNotBe(Address(other));

    [Fact]
    public void A_credential_is_remembered_only_as_a_hash()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = "Bearer sk_secret";
        Client.CredentialHash(context).ShouldNotBeNull().ShouldNotContain("sk_secret");
    }

    private static string Address(string address)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        return Client.Address(context);
    }
}
