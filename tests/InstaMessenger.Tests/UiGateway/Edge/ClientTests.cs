using Microsoft.AspNetCore.Http;
using EdgeClient = InstaMessenger.UiGateway.Edge.Client;

namespace InstaMessenger.Tests.UiGateway.Edge;

public sealed class ClientTests
{
    [Fact]
    public void A_credential_is_remembered_only_as_a_hash()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = "Bearer sk_secret";
        EdgeClient.CredentialHash(context).ShouldNotBeNull().ShouldNotContain("sk_secret");
    }
}
