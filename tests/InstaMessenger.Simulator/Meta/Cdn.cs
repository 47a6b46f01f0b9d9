using System.Collections.Concurrent;
using System.Reflection;

namespace InstaMessenger.Simulator.Meta;

/// <summary>
/// Meta's CDN: any name is a picture, unless a test put something else there; "gone…" is a link that has expired.
/// </summary>
public sealed class Cdn
{
    private static readonly byte[] Picture = Resource("picture.png");
    private static readonly byte[] Sticker = Resource("sticker.png");

    private readonly ConcurrentDictionary<string, RequestDelegate> _answers = new();
    private readonly ConcurrentDictionary<string, int> _fetches = new();

    /// <summary>Puts a file under a name; answers ranges as nobody asks for them.</summary>
    public void Put(string name, byte[] bytes, string type = "image/jpeg") =>
        Answer(name, http => Results.Bytes(bytes, type).ExecuteAsync(http));

    /// <summary>Answers a name as the test likes: late, without end, with a redirect.</summary>
    public void Answer(string name, RequestDelegate answer) => _answers[name] = answer;

    /// <summary>How often a name was asked for.</summary>
    public int Fetches(string name) => _fetches.GetValueOrDefault(name);

    internal Task ServeAsync(HttpContext http, string name)
    {
        _fetches.AddOrUpdate(name, 1, (_, count) => count + 1);
        if (_answers.TryGetValue(name, out var answer)) return answer(http);
        if (!name.StartsWith("gone", StringComparison.Ordinal))
            return Results.Bytes(name.StartsWith("sticker", StringComparison.Ordinal) ? Sticker : Picture, "image/png").ExecuteAsync(http);
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static byte[] Resource(string name)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream($"page/{name}")!;
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return bytes.ToArray();
    }
}
