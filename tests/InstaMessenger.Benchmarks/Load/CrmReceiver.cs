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

    private CrmReceiver(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public Uri Address =>
        new(new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), "/crm");

    public static async Task<CrmReceiver> StartAsync(Journeys journeys)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(async context =>
        {
            var reader = context.Request.BodyReader;
            var read = await reader.ReadAtLeastAsync((int)(context.Request.ContentLength ?? int.MaxValue));
            journeys.Arrive(
                read.Buffer.IsSingleSegment ? MessageNumber.Find(read.Buffer.FirstSpan) : MessageNumber.Find(read.Buffer.ToArray()));
            reader.AdvanceTo(read.Buffer.End);
        });
        await app.StartAsync();
        return new CrmReceiver(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
