using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using InstaMessenger.Tests.CrmForwarder;
using InstaMessenger.Tests.Sender;
using InstaMessenger.Tests.Standalone;
using InstaMessenger.Tests.Store;
using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Tests.UiGateway.Proxy;

/// <summary>The document of the whole product at the gateway, which has none of the services in its process.</summary>
public sealed class WholeDocumentTests(SignedInProduct product) : IClassFixture<SignedInProduct>
{
    private const string Path = "/openapi/v1.json";

    [Fact]
    public async Task It_is_the_one_of_the_product_in_one_process_to_the_byte()
    {
        using var folder = new TemporaryFolder();
        using var forwarderFolder = new TemporaryFolder();
        await using var store = await StoreOverHttp.StartAsync();
        await using var sender = await SenderHost.StartAsync(new Uri("http://127.0.0.1:1"));
        await using var forwarder = await ForwarderHost.StartAsync(forwarderFolder.Path);
        using var forwarders = forwarder.Client(null);
        await using var gateway = await GatewayHost.StartAsync(
            folder,
            null,
            $"Services:Store={store.Http.BaseAddress}",
            $"Services:Sender={sender.Http.BaseAddress}",
            $"Services:CrmForwarder={forwarders.BaseAddress}");

        var (merged, whole) = (await gateway.Http.GetStringAsync(Path), await product.Http.GetStringAsync(Path));

        PathsOf(merged).ShouldBe(PathsOf(whole));
        SchemasOf(merged).ShouldBe(SchemasOf(whole));
        merged.ShouldBe(whole);
    }

    [Fact]
    public async Task It_is_merged_once_however_often_it_is_asked_for_and_who_has_it_is_answered_304()
    {
        var asked = new ConcurrentBag<string>();
        await using var upstream = await Upstream.StartAsync((context, service) =>
        {
            asked.Add(service);
            return AnswerAsync(context, service);
        });
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, "RateLimits:PerAddressBurst=1000");

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => gateway.Http.GetAsync(Path)));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        asked.Order().ShouldBe(["CrmForwarder", "Sender", "Store"]);
        PathsOf(await answers[0].Content.ReadAsStringAsync()).ShouldBe(["/api/CrmForwarder", "/api/Sender", "/api/Store"]);
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.IfNoneMatch.Add(answers[0].Headers.ETag!);
        (await gateway.Http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        using var head = await gateway.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, Path));
        (head.StatusCode, head.Content.Headers.ContentLength).ShouldBe(
            (HttpStatusCode.OK, (await answers[0].Content.ReadAsByteArrayAsync()).Length));
    }

    [Fact]
    public async Task A_service_that_is_away_is_missing_and_the_document_says_so()
    {
        await using var upstream = await Upstream.StartAsync(AnswerAsync);
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, "Services:Sender=http://127.0.0.1:1");

        var document = await gateway.Http.GetStringAsync(Path);

        PathsOf(document).ShouldBe(["/api/CrmForwarder", "/api/Store"]);
        document.ShouldContain("It lacks what Sender answers");
    }

    [Fact]
    public async Task When_nobody_can_be_asked_it_is_503_and_no_error_of_ours()
    {
        await using var upstream = await Upstream.StartAsync((context, _) => context.Response.WriteAsync("no document"));
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream);

        var answer = await gateway.Http.GetAsync(Path);

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("document_unavailable");
    }

    private static Task AnswerAsync(HttpContext context, string service)
    {
        context.Response.Headers.ETag = $"\"{service}\"";
        return context.Response.WriteAsync($$"""
            {"openapi":"3.1.1","info":{"title":"t"},"paths":{"/api/{{service}}":{"get":{} } },
            "components":{"schemas":{"{{service}}":{} } } }
            """);
    }

    private static List<string> PathsOf(string document) =>
        [.. JsonElement.Parse(document).GetProperty("paths").EnumerateObject().Select(path => path.Name)];

    private static List<string> SchemasOf(string document) =>
        [.. JsonElement.Parse(document).GetProperty("components").GetProperty("schemas").EnumerateObject().Select(schema => schema.Name)];
}
