using InstaMessenger.Contracts.Commands;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;

namespace InstaMessenger.Sender.Downloads;

/// <summary>Attachments, fetched from Meta's CDN into the media storage.</summary>
internal static class DownloadSetup
{
    public const string Queue = "sender.fetch-media";

    public static void AddDownloads(this WebApplicationBuilder builder)
    {
        builder.AddMediaStorage();
        builder.AddOutboundGuard();
        var services = builder.Services;
        services.AddMessageHandler<SenderDbContext, FetchMedia, FetchMediaHandler>(Queue);
        services.AddMessageHandler<SenderDbContext, CancelFetch, CancelFetchHandler>("sender.cancel-fetch");
        services.AddSingleton<DownloadSignal>();
        services.AddSingleton<DownloadClient>();
        services.AddSingleton<MediaDownload>();
        services.AddSingleton<DownloadClaims>();
        services.AddSingleton<UnreadableDownloads>();
        services.AddWorker<DownloadWorker>();
        services.AddWorker<DownloadGauges>();
    }
}
