using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.IntegrationTests.Hosting.Probe;

/// <summary>Where a probe keeps its data and which bus it uses; a second host with the same settings is the first one restarted.</summary>
/// <param name="Directory">Its data directory.</param>
/// <param name="MySql">The connection string of its database; null for SQLite.</param>
/// <param name="RabbitMq">The broker; null for in-process.</param>
internal sealed record ProbeSettings(string Directory, string? MySql = null, string? RabbitMq = null)
{
    public string SqliteFile => Path.Combine(Directory, "store.db");
}

/// <summary>A process of the product as the foundation makes it, with the probe's database and handlers.</summary>
internal sealed class ProbeHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ProbeHost(WebApplication app, HandledLog handled) => (_app, Handled) = (app, handled);

    public HandledLog Handled { get; }

    public IServiceProvider Services => _app.Services;

    public IUnitOfWork<ProbeDbContext> UnitOfWork => Services.GetRequiredService<IUnitOfWork<ProbeDbContext>>();

    public static async Task<ProbeHost> StartAsync(
        ProbeSettings settings, bool consumes = true, HandledLog? handled = null, Action<IServiceCollection>? change = null)
    {
        handled ??= new HandledLog();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Data:Directory"] = settings.Directory,
            ["ConnectionStrings:Store"] = settings.MySql,
            ["ConnectionStrings:RabbitMq"] = settings.RabbitMq,
            ["Secrets:MasterKey"] = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=",
        });
        builder.AddServiceDefaults("probe", 0);
        builder.Logging.ClearProviders().AddProvider(new TestOutputLog(LogLevel.Warning));
        builder.Services.AddSingleton(handled);
        builder.AddDatabase<ProbeDbContext, SqliteProbeDbContext, MySqlProbeDbContext>("Store");
        if (consumes)
        {
            builder.Services.AddMessageHandler<ProbeDbContext, SendReported, SingleHandler>(ProbeQueues.Single);
            builder.Services.AddMessageHandler<ProbeDbContext, AccountChanged, FirstHandler>(ProbeQueues.FirstOfTwo);
            builder.Services.AddMessageHandler<ProbeDbContext, AccountChanged, SecondHandler>(ProbeQueues.SecondOfTwo);
        }

        builder.AddBus();
        change?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseServiceDefaults();
        await app.StartAsync();
        return new ProbeHost(app, handled);
    }

    public ProbeDbContext Read() => Services.GetRequiredService<IDbContextFactory<ProbeDbContext>>().CreateDbContext();

    public Task WriteNotesAsync(IEnumerable<string> texts) => UnitOfWork.ExecuteAsync(scope =>
    {
        scope.Db.AddRange(texts.Select(text => new Note { Text = text }));
        return Task.CompletedTask;
    });

    /// <summary>Publishes numbered messages for <see cref="ProbeQueues.Single"/>, in one unit of work.</summary>
    public Task PublishAsync(int first, int count) => UnitOfWork.ExecuteAsync(scope =>
    {
        foreach (var number in Enumerable.Range(first, count)) scope.Publish(ProbeQueues.ForOne(number));
        return Task.CompletedTask;
    });

    public async Task<List<DeadLetter>> DeadLettersAsync()
    {
        await using var db = Read();
        return await db.Set<DeadLetter>().OrderBy(row => row.Id).ToListAsync();
    }

    public async Task StopAsync() => await _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
