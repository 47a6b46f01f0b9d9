using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Sender.Publishing;

/// <summary>What lies here, at an address that Meta can fetch from.</summary>
internal static class PublishingSetup
{
    public static void AddPublishing(this WebApplicationBuilder builder)
    {
        builder.AddPublicAddress();
        builder.Services.AddSingleton<AddressTrial>();
        builder.Services.AddSingleton<Publisher>();
        builder.Services.AddWorker<AddressWatch>();
    }
}
