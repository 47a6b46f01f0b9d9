using System.Text.Json;
using System.Text.Json.Nodes;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Store.Outbound;
using InstaMessenger.Tests.Shared;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Standalone;

/// <summary>
/// The examples of the OpenAPI document. They are taken from a run: <c>WRITE_EXAMPLES=1</c> and the integration test
/// <c>Every_documented_call_is_answered_as_documented</c> of one form write <c>hosting/ApiDocs/examples.json</c> anew.
/// </summary>
public sealed class ApiExampleTests(SignedInProduct product) : IClassFixture<SignedInProduct>
{
    private const string Json = "application/json";

    [Fact]
    public async Task Every_call_shows_what_is_sent_and_what_is_answered_and_each_example_is_as_its_schema_says()
    {
        var document = await DocumentAsync();
        var (shape, sentShape) = (new JsonShape(document), new JsonShape(document, anyTime: true));
        var wrong = new List<string>();
        foreach (var (id, call) in CallsOf(document))
        {
            // What need not be sent may be left out of the example too.
            if (call["requestBody"] is { } sent && sent["content"]?[Json] is { } request
                && (sent["required"]?.GetValue<bool>() == true || request["example"] is not null))
            {
                Look($"{id}: request", request, sentShape);
            }

            foreach (var (status, answer) in call["responses"]!.AsObject())
            {
                // What takes a fault to happen has none.
                if (status[0] == '2' && answer?["content"]?[Json] is { } body && (status != "202" || body["example"] is not null)
                    && !NeverInARun.Contains(id)) Look($"{id}: {status}", body, shape);
                foreach (var (code, problem) in answer?["content"]?["application/problem+json"]?["examples"] as JsonObject ?? [])
                {
                    var example = shape.Resolve(problem!["$ref"]!.GetValue<string>())!["value"];
                    wrong.AddRange(shape.Faults(example, answer!["content"]!["application/problem+json"]!["schema"])
                        .Select(fault => $"{id}: {code}: {fault}"));
                }
            }
        }

        wrong.ShouldBeEmpty();

        void Look(string where, JsonNode body, JsonShape form)
        {
            if (body["example"] is not { } example) wrong.Add($"{where}: no example");
            else wrong.AddRange(form.Faults(example, body["schema"]).Select(fault => $"{where}: {fault}"));
        }
    }

    /// <summary>The schema says what the product writes; whether it also reads it, only the reader knows.</summary>
    [Fact]
    public async Task Every_example_of_a_request_is_read_by_the_endpoint_that_it_is_for()
    {
        var document = await DocumentAsync();
        var types = product.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is not null)
            .ToLookup(
                endpoint => $"{endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0]} /"
                    + endpoint.RoutePattern.RawText!.Trim('/').Replace(":long", "", StringComparison.Ordinal),
                endpoint => endpoint.Metadata.GetMetadata<IAcceptsMetadata>()!.RequestType!);
        var read = 0;
        foreach (var (path, calls) in document["paths"]!.AsObject())
        {
            foreach (var (method, call) in calls!.AsObject())
            {
                if (call?["requestBody"]?["content"]?[Json]?["example"] is not { } example) continue;
                var type = types[$"{method.ToUpperInvariant()} {path}"].First();
                if (type == typeof(SendForm))
                {
                    SendRequest.Read(JsonElement.Parse(example.ToJsonString()), allowHttp: true, out var errors);
                    errors.ShouldBeEmpty();
                }

                Should.NotThrow(() => example.Deserialize(type, ApiJson.Options), $"{method} {path}").ShouldNotBeNull();
                read++;
            }
        }

        read.ShouldBeGreaterThan(15);
    }

    [Fact]
    public void The_documented_body_of_a_send_has_the_members_that_are_read() =>
        typeof(SendForm).GetProperties().Select(member => JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name))
            .ShouldBe(SendRequest.Members, ignoreOrder: true);

    /// <summary>Each takes a fault to succeed.</summary>
    private static readonly string[] NeverInARun = ["postSendsByMessageIdSettle"];

    private static IEnumerable<(string Id, JsonNode Call)> CallsOf(JsonObject document) => document["paths"]!.AsObject()
        .SelectMany(path => path.Value!.AsObject()).Select(call => (call.Value!["operationId"]!.GetValue<string>(), call.Value!));

    private async Task<JsonObject> DocumentAsync() =>
        JsonNode.Parse(await product.Http.GetStringAsync("/openapi/v1.json"))!.AsObject();
}
