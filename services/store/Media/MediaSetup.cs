using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Media;

/// <summary>The attachments of messages: asked for, kept, shown and removed.</summary>
internal static class MediaSetup
{
    public static void AddMedia(this WebApplicationBuilder builder)
    {
        builder.AddMediaStorage();
        var services = builder.Services;
        services.AddMessageHandler<StoreDbContext, MediaReported, MediaReports>("store.media-reported");
        services.AddSingleton<MediaPurgeSignal>();
        services.AddSingleton<Thumbnails>();
        services.AddWorker<MediaPurgeWorker>();
        services.AddWorker<MediaExpiry>();
        services.AddWorker<OrphanSweep>();
    }

    public static void MapMedia(this IEndpointRouteBuilder routes) => routes.MapGroup("/media").WithTags("Media").MapShowAttachment();
}
