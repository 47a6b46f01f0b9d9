using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>The split form behind a proxy that tells where a request comes from, as one that ends TLS does.</summary>
public sealed class ProxiedSplitProduct : SplitProduct
{
    public ProxiedSplitProduct(SharedServers servers)
        : base(servers) => Extra["ForwardedHeaders__KnownProxies"] = "127.0.0.1";
}

/// <summary>
/// What the services know of a client whom only the gateway has seen. One that does not believe the gateway takes everybody for the
/// gateway, and fifty failed sign-ins of anybody lock everybody out.
/// </summary>
public sealed class BehindGatewayTests(ProxiedSplitProduct product) : IClassFixture<ProxiedSplitProduct>
{
    private readonly ApiClient _admin = new(product.Door, product.AdminToken);

    [Fact]
    public async Task The_clients_own_address_is_in_the_audit_log_whichever_service_was_called()
    {
        var from = ("X-Forwarded-For", "203.0.113.9");
        var key = (await _admin.PostAsync("/api/v1/api-keys", new { name = "from afar" }, from)).Expect(201).Text("id")!;
        var endpoint = (await _admin.PostAsync("/api/v1/webhook-endpoints", new { url = "https://crm.example/" }, from)).Expect(201)
            .Text("id")!;
        foreach (var target in new[] { key, endpoint })
        {
            string? ip = null;
            await Until.TrueAsync(
                async () => (ip = (await _admin.GetAsync($"/api/v1/audit?target={target}")).Expect(200).Text("data.0.ip")) is not null,
                Patience.Long,
                () => $"{target} is not in the audit log");
            ip.ShouldBe("203.0.113.9");
        }
    }

    /// <summary>The service's own host is none that a browser knows; what the browser called is what the gateway says.</summary>
    [Theory]
    [InlineData("own", null, 201)]
    [InlineData("http://127.0.0.1:1", null, 403)]
    [InlineData("https://evil.example", "evil.example", 403)]
    public async Task A_cookie_changes_things_from_pages_of_the_gateway_alone(string origin, string? forged, int status)
    {
        var browser = new ApiClient(product.Door, null);
        List<(string, string)> headers =
        [
            ("Cookie", $"im_session={product.AdminToken}"),
            ("Origin", origin == "own" ? product.Door.GetLeftPart(UriPartial.Authority) : origin),
        ];
        if (forged is not null) headers.Add(("X-Forwarded-Host", forged));
        (await browser.PostAsync("/api/v1/api-keys", new { name = "from a page" }, [.. headers])).Status.ShouldBe(status);
        (await browser.PostAsync("/api/v1/webhook-endpoints", new { url = "https://crm.example/" }, [.. headers])).Status
            .ShouldBe(status);
    }
}
