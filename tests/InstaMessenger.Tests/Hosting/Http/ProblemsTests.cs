using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Hosting.Http;
using Microsoft.AspNetCore.Builder;

namespace InstaMessenger.Tests.Hosting.Http;

public sealed class ProblemsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>
    /// RFC 9457 takes a missing one for <c>about:blank</c>; the framework knows those of most statuses, and not of all of ours.
    /// </summary>
    [Fact]
    public async Task Every_status_that_the_product_answers_names_its_definition()
    {
        await using var service = await ServiceUnderTest.StartAsync(
            _folder.Path,
            _ => { },
            app => app.MapGet("/{status:int}", (int status) => Problems.Of(status, "a_code")).AllowAnonymous());

        foreach (var status in (int[])[400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 415, 422, 429, 500, 502, 503, 504])
        {
            using var answer = await service.Http.GetAsync($"/{status}");
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();

            problem.GetProperty("status").GetInt32().ShouldBe(status);
            problem.TryGetProperty("type", out var type).ShouldBeTrue($"{status} has no type");
            type.GetString().ShouldNotBeNull().ShouldStartWith("https://tools.ietf.org/html/rfc");
        }
    }

    public void Dispose() => _folder.Dispose();
}
