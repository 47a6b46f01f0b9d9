using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace InstaMessenger.Hosting.Security;

/// <summary>Registers the outbound guard.</summary>
public static class OutboundGuardSetup
{
    /// <summary>
    /// Registers one <see cref="OutboundGuard"/>, for every service that calls stored URLs. <c>Outbound:AllowPrivateAddresses</c> (default false) lets
    /// http and private addresses through: for tests and for a CRM on the premises.
    /// </summary>
    /// <param name="builder">The host.</param>
    public static void AddOutboundGuard(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton(provider =>
            new OutboundGuard(provider.GetRequiredService<IConfiguration>().GetValue<bool>("Outbound:AllowPrivateAddresses")));
    }
}
