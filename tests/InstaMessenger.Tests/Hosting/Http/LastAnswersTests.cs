using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace InstaMessenger.Tests.Hosting.Http;

public sealed class LastAnswersTests
{
    [Theory]
    [InlineData("/hello", HttpStatusCode.OK)]
    [InlineData("/nowhere", HttpStatusCode.Unauthorized)]
    [InlineData("/broken", HttpStatusCode.InternalServerError)]
    public async Task Once_the_process_is_told_to_stop_each_answer_asks_for_a_new_connection(string path, HttpStatusCode status)
    {
        using var folder = new TemporaryFolder();
        await using var service = await ServiceUnderTest.StartAsync(folder.Path, _ => { }, app =>
        {
            app.MapGet("/hello", () => "hello").AllowAnonymous();
            app.MapGet("/broken", IResult () => throw new InvalidOperationException("broken")).AllowAnonymous();
        });
        using var before = await service.Http.GetAsync(path);
        before.StatusCode.ShouldBe(status);
        before.Headers.ConnectionClose.ShouldNotBe(true);

        service.App.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        using var after = await service.Http.GetAsync(path);
        after.StatusCode.ShouldBe(status);
        after.Headers.ConnectionClose.ShouldBe(true);
    }
}
