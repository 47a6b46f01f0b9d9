using InstaMessenger.Hosting.Outbox;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Ingress.Journaling;
using InstaMessenger.Ingress.Webhooks;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Ingress;

/// <summary>The public door for Meta: handshake, signature, journal, 200; then the journal's rows go to the bus.</summary>
public static class IngressSetup
{
    /// <summary>Adds ingress: sections <c>Instagram</c> and <c>Ingress</c>, file <c>ingress.db</c> in <c>Data:Directory</c>.</summary>
    public static void AddIngress(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<InstagramOptions>, InstagramOptionsCheck>();
        services.AddOptions<InstagramOptions>().BindConfiguration("Instagram").ValidateOnStart();
        services.AddSection<JournalOptions>("Ingress");
        services.AddSingleton<WebhookSignature>();
        services.AddSingleton<VerifyHandshake>();
        services.AddSingleton<ReceiveWebhook>();
        services.AddSingleton<Journal>();
        services.AddRelay<JournalSource>();
        services.AddWorker<JournalGauges>();
        services.AddHealthChecks().AddCheck<JournalCheck>("journal").AddCheck<BacklogCheck>("journal.backlog");
    }

    /// <summary>Maps <c>/webhooks/instagram</c>.</summary>
    public static void MapIngress(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        VerifyHandshake.Map(app);
        ReceiveWebhook.Map(app);
    }
}
