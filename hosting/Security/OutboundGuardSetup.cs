using InstaMessenger.Hosting.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Hosting.Security;

/// <summary>Registers the outbound rules and the guard.</summary>
public static class OutboundGuardSetup
{
    /// <summary>
    /// Registers one <see cref="OutboundRules"/>, for every service that stores URLs, and one <see cref="OutboundGuard"/>, for every
    /// service that calls them; both by the section <c>Outbound</c>.
    /// </summary>
    public static void AddOutboundGuard(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSection<OutboundOptions>("Outbound");
        builder.Services.AddOptions<OutboundOptions>().Configure<IConfiguration>((options, configuration) =>
        {
            // The binder knows only the numbered form, and would pass by "one,two" without a word.
            options.AllowedAddresses.Clear();
            foreach (var entry in SettingList.Read(configuration, "Outbound:AllowedAddresses")) options.AllowedAddresses.Add(entry.Value);
        });
        builder.Services.TryAddSingleton(provider => new OutboundRules(provider.GetRequiredService<IOptions<OutboundOptions>>().Value));
        builder.Services.TryAddSingleton(provider => new OutboundGuard(provider.GetRequiredService<OutboundRules>()));
    }
}
