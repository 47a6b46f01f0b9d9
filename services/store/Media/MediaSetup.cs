using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Media;

/// <summary>The attachments of messages and the pictures of contacts: asked for, kept, shown and removed.</summary>
internal static class MediaSetup
{
    public static void AddMedia(this WebApplicationBuilder builder)
    {
        builder.AddMediaStorage();
        var services = builder.Services;
        services.AddMessageHandler<StoreDbContext, MediaReported, MediaReports>("store.media-reported");
        services.AddSingleton<MediaPurgeSignal>();
        services.AddSingleton<ContactPictures>();
        services.AddSingleton<Thumbnails>();
        services.AddWorker<MediaPurgeWorker>();
        services.AddWorker<MediaExpiry>();
        services.AddWorker<PictureExpiry>();
        services.AddWorker<OrphanSweep>();
    }

    public static void MapMedia(this IEndpointRouteBuilder routes)
    {
        var media = routes.MapGroup("/media").WithTags("Media");
        media.MapShowAttachment();
        media.MapShowContactPicture();
    }
}
