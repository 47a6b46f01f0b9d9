using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Hosting;

public sealed class ProblemLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("json", "/nowhere", "unauthorized")]
    [InlineData("text", "/nowhere", "unauthorized")]
    [InlineData("json", "/api/v1/secret", "unauthorized")]
    [InlineData("json", "/broken", "internal_error")]
    [InlineData("text", "/broken", "internal_error")]
    [InlineData("json", "/full", "too_many")]
    [InlineData("text", "/full", "too_many")]
    public async Task The_trace_id_of_a_problem_is_found_in_the_log(string format, string path, string code)
    {
        var log = format == "json" ? LogCapture.Json() : LogCapture.Text();
        await using var service = await StartAsync(log, TimeProvider.System);

        using var answer = await service.Http.GetAsync(path);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();

        problem.GetProperty("code").GetString().ShouldBe(code);
        var endpoint = path == "/nowhere" ? "no endpoint" : path;
        var traceId = problem.GetProperty("trace_id").GetString()!;
        log.Written.Where(line => line.Contains(traceId, StringComparison.Ordinal))
            .ShouldContain(line => line.Contains(code, StringComparison.Ordinal) && line.Contains(endpoint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Strangers_cannot_fill_the_log()
    {
        var (log, clock) = (LogCapture.Json(), new FakeTimeProvider());
        await using var service = await StartAsync(log, clock);

        for (var n = 0; n < 200; n++) await service.Http.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/nowhere/{n}"));
        log.Written.Count.ShouldBe(60);

        clock.Advance(TimeSpan.FromMinutes(1));
        await service.Http.GetAsync("/nowhere");
        log.Written.Count.ShouldBe(62);
        log.Written[60].ShouldContain("140 problems");
        log.All.ShouldNotContain("/nowhere", customMessage: "a path is the client's text");
    }

    public void Dispose() => _folder.Dispose();

    private Task<ServiceUnderTest> StartAsync(LogCapture log, TimeProvider clock) => ServiceUnderTest.StartAsync(
        _folder.Path,
        builder =>
        {
            builder.Services.AddSingleton(clock);
            builder.Logging.AddProvider(log).AddFilter<LogCapture>("InstaMessenger.Hosting.ProblemLog", LogLevel.Information);
        },
        app =>
        {
            app.MapGet("/api/v1/secret", () => "secret");
            app.MapGet("/broken", string () => throw new InvalidOperationException("broken")).AllowAnonymous();
            app.MapGet("/full", () => Problems.Of(409, "too_many")).AllowAnonymous();
        });
}
