using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Sender.Publishing;

/// <summary>Adds what gives Meta an address from which it can fetch files that lie here.</summary>
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
