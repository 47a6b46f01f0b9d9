using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
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

    /// <summary>A client that was generated from the document refused every later answer.</summary>
    [Theory]
    [InlineData("AccountView", "webhook_secret", "username")]
    [InlineData("ApiKeyView", "key", "prefix")]
    public async Task A_secret_that_is_shown_once_is_not_required(string schema, string secret, string other)
    {
        await using var store = await StoreOverHttp.StartAsync();

        var document = await store.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        var view = document.GetProperty("components").GetProperty("schemas").GetProperty(schema);
        view.GetProperty("properties").TryGetProperty(secret, out _).ShouldBeTrue();
        var required = view.GetProperty("required").EnumerateArray().Select(name => name.GetString()).ToList();
        required.ShouldContain(other);
        required.ShouldNotContain(secret);
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
