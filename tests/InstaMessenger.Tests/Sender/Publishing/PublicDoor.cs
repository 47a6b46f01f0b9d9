using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Tests.Sender.Publishing;

/// <summary>Whatever stands at <c>Public:BaseUrl</c>.</summary>
internal sealed class PublicDoor : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _asked;

    private PublicDoor(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    /// <summary>How often it was tried.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>How it answers; the text is the challenge.</summary>
    public Func<HttpContext, string, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public static async Task<PublicDoor> OpenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var door = new PublicDoor(builder.Build());
        door._app.Run(context =>
        {
            Interlocked.Increment(ref door._asked);
            return door.Answer(context, context.Request.Query["challenge"].ToString());
        });
        await door._app.StartAsync();
        return door;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
