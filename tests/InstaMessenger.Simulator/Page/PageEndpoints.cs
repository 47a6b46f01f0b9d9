using System.Reflection;

namespace InstaMessenger.Simulator.Page;

/// <summary>The page on which one plays the customer, and its live stream.</summary>
internal static class PageEndpoints
{
    public static void MapPage(this IEndpointRouteBuilder app, LiveFeed feed, CancellationToken stopping)
    {
        MapAsset(app, "/", "index.html", "text/html; charset=utf-8");
        MapAsset(app, "/page.css", "page.css", "text/css; charset=utf-8");
        MapAsset(app, "/page.js", "page.js", "text/javascript; charset=utf-8");
        app.MapGet("/live", (CancellationToken cancellation) => TypedResults.ServerSentEvents(feed.ListenAsync(stopping, cancellation)));
        app.MapGet("/health/live", () => Results.Text("ok"));
    }

    private static void MapAsset(IEndpointRouteBuilder app, string path, string name, string type)
    {
        var bytes = Asset(name);
        app.MapGet(path, () => Results.Bytes(bytes, type));
    }

    private static byte[] Asset(string name)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream($"page/{name}")!;
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return bytes.ToArray();
    }
}
