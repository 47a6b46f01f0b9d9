using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Tests.Standalone;

/// <summary>The OpenAPI document of the whole product.</summary>
public sealed class ProductDocumentTests(SignedInProduct product) : ConventionSuite(product)
{
    [Fact]
    public async Task The_document_says_which_problems_each_call_can_have()
    {
        using var document = JsonDocument.Parse(await Http.GetStringAsync("/openapi/v1.json"));
        var silent = from path in document.RootElement.GetProperty("paths").EnumerateObject()
                     from call in path.Value.EnumerateObject()
                     where path.Name.StartsWith("/api/", StringComparison.Ordinal)
                     let answers = call.Value.GetProperty("responses").EnumerateObject().Select(answer => answer.Name).ToList()
                     where !answers.Contains("401") || !answers.Contains("400") || !answers.Exists(status => status[0] == '2')
                         || (path.Name.Contains('{') && !answers.Contains("404"))
                     select $"{call.Name} {path.Name}: {string.Join(' ', answers)}";
        silent.ShouldBeEmpty();
    }

    /// <summary>Redocly, of the packages that the inbox is built with.</summary>
    [Fact]
    public async Task A_validator_finds_nothing_wrong_in_the_document_of_the_whole_product()
    {
        using var folder = new TemporaryFolder();
        var document = Path.Combine(folder.Path, "v1.json");
        await File.WriteAllTextAsync(document, await Http.GetStringAsync("/openapi/v1.json"), TestContext.Current.CancellationToken);
        var own = RepositoryRoot.Of("artifacts", "node", "node_modules", ".bin", "node");
        var start = new ProcessStartInfo(File.Exists(own) ? own : "node")
        {
            ArgumentList =
            {
                RepositoryRoot.Of("tests", "InstaMessenger.Tests", "Standalone", "lint-openapi.mjs"),
                RepositoryRoot.Of("services", "ui-gateway", "web"),
                document,
            },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var node = Process.Start(start)!;
        var error = node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var found = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        (found + await error).ShouldBeEmpty();
        (await File.ReadAllTextAsync(document, TestContext.Current.CancellationToken)).ShouldContain("\"/api/v1/webhook-endpoints/{id}\"");
    }

    [Fact]
    public async Task The_document_says_what_a_problem_has_and_which_credential_a_call_takes()
    {
        using var document = JsonDocument.Parse(await Http.GetStringAsync("/openapi/v1.json"));
        var problem = document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("ProblemDetails");
        using var answered = await SendAsync(HttpMethod.Post, "/api/v1/users", """{"username":5}""");
        var members = (await answered.Content.ReadFromJsonAsync<JsonElement>()).EnumerateObject().Select(member => member.Name).ToList();

        members.Except(problem.GetProperty("properties").EnumerateObject().Select(member => member.Name)).ShouldBeEmpty();
        problem.GetProperty("required").EnumerateArray().Select(name => name.GetString()).ShouldBeSubsetOf(members);
        (problem.TryGetProperty("additionalProperties", out var more) && more.ValueKind == JsonValueKind.False).ShouldBeFalse();
        var calls = document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).ToList();
        calls.Select(call => call.Value.GetProperty("operationId").GetString()).ShouldBeUnique();
        calls.Select(call => call.Value.GetProperty("security")[0].EnumerateObject().Single().Name).Distinct()
            .ShouldBe(["bearer", "basic"], ignoreOrder: true);
    }
}
