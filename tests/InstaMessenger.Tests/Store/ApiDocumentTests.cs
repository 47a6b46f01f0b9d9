using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store;

public sealed class ApiDocumentTests
{
    [Fact]
    public async Task The_document_is_made_once_however_often_it_is_asked_for()
    {
        var made = 0;
        await using var store = await StoreOverHttp.StartAsync(services: services => services.Configure<OpenApiOptions>("v1", options =>
            options.AddDocumentTransformer((_, _, _) =>
            {
                Interlocked.Increment(ref made);
                return Task.CompletedTask;
            })));

        var documents = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => store.Http.GetStringAsync("/openapi/v1.json")));

        documents.Distinct().Single().ShouldStartWith("{");
        made.ShouldBe(1);
    }

    [Fact]
    public async Task Who_has_the_document_is_answered_304()
    {
        await using var store = await StoreOverHttp.StartAsync();
        var etag = (await store.Http.GetAsync("/openapi/v1.json")).Headers.ETag.ShouldNotBeNull();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse(etag.ToString()));

        var again = await store.Http.SendAsync(request);

        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await again.Content.ReadAsStringAsync()).ShouldBeEmpty();
    }
}
