using System.Buffers;
using System.Net;
using InstaMessenger.Benchmarks.Measuring;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace InstaMessenger.Benchmarks.Load;

/// <summary>
/// A CRM that reads the number in each event and answers 200. Bare Kestrel in the generator's process: the simulator's CRM parses each body
/// and checks two signatures, as much processor time as the delivery itself, which tests should spend and a measurement on two cores should
/// not.
/// </summary>
internal sealed class CrmReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private CrmReceiver(WebApplication app, Journeys journeys) => (_app, Journeys) = (app, journeys);

    /// <summary>What gets to know each arrival.</summary>
    public Journeys Journeys { get; set; }

    /// <summary>Where it listens.</summary>
    public Uri Address =>
        new(new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), "/crm");

    public static async Task<CrmReceiver> StartAsync(Journeys journeys)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new CrmReceiver(builder.Build(), journeys);
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        var read = await reader.ReadAtLeastAsync((int)(context.Request.ContentLength ?? int.MaxValue));
        Journeys.Arrive(
            read.Buffer.IsSingleSegment ? MessageNumber.Find(read.Buffer.FirstSpan) : MessageNumber.Find(read.Buffer.ToArray()));
        reader.AdvanceTo(read.Buffer.End);
    }
}
