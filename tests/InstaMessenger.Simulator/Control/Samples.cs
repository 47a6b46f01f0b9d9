using InstaMessenger.Simulator.Meta;
using InstaMessenger.Simulator.Sample;

namespace InstaMessenger.Simulator.Control;

/// <summary>Plays the sample conversations of a demo, and has their customers write on their own: <c>/control/sample</c>.</summary>
internal static class Samples
{
    public static void MapSamples(this IEndpointRouteBuilder control, MetaStandIn meta, Background background)
    {
        var isAlive = 0;
        control.MapPost("/sample", async (Wish wish, HttpRequest request) =>
        {
            if (wish.Past) await SampleConversations.PlayAsync(meta, wish.Account, $"{request.Scheme}://{request.Host}/cdn/");
            if (wish.Life && Interlocked.Exchange(ref isAlive, 1) == 0)
                background.Run(new SampleLife(meta, SampleConversations.People(meta, wish.Account)).RunAsync);
            return Results.NoContent();
        });
    }

    /// <param name="Account">The professional account id.</param>
    /// <param name="Past">Whether the conversations are played that have gone on.</param>
    /// <param name="Life">Whether customers write on their own from now on.</param>
    internal sealed record Wish(string Account, bool Past = true, bool Life = false);
}
