using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Store.Uploads;

/// <summary>Files that clients give to be sent: taken, shown to Meta, and removed.</summary>
internal static class UploadsSetup
{
    public static void AddUploads(this WebApplicationBuilder builder)
    {
        builder.AddMediaStorage();
        builder.AddPublicAddress();
        var services = builder.Services;
        services.AddSingleton<FileIntake>();
        services.AddSingleton<UploadForms>();
        services.AddSingleton<UploadMedia>();
        services.AddWorker<UploadSweep>();
    }

    public static void MapUploads(this IEndpointRouteBuilder routes)
    {
        UploadMedia.Map(routes);
        ShowOutbound.Map(routes);
    }
}
