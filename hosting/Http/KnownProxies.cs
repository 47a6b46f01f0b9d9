using System.Net;
using InstaMessenger.Hosting.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using IPNetwork = System.Net.IPNetwork;

namespace InstaMessenger.Hosting.Http;

/// <summary>
/// <c>ForwardedHeaders:KnownProxies</c>: the peers whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed. From anybody
/// else they are a stranger's claims, even on a private network: whoever is believed chooses the address that their limits count for.
/// </summary>
internal static class KnownProxies
{
    private const string Setting = "ForwardedHeaders:KnownProxies";

    /// <summary>ASP.NET's own switch, which believes every peer.</summary>
    private const string BelievesAll = "FORWARDEDHEADERS_ENABLED";

    /// <summary>Adds them. Call it before any other middleware is added: what comes later must see the client's address.</summary>
    /// <exception cref="SettingException">An entry is neither an address nor a network, or ASP.NET's switch is set.</exception>
    public static void AddKnownProxies(this WebApplicationBuilder builder)
    {
        if (string.Equals(builder.Configuration[BelievesAll], "true", StringComparison.OrdinalIgnoreCase))
            throw new SettingException(
                $"ASPNETCORE_{BelievesAll} would believe every peer's X-Forwarded-For: name the proxies in {Setting} instead.");
        var networks = SettingList.Read(builder.Configuration, Setting).Select(entry => Parse(entry.Name, entry.Value)).ToList();
        if (networks.Count == 0) return;

        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            // Goes from the right past every known proxy to the first other address. What stands further left is only the client's claim.
            options.ForwardLimit = null;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var network in networks) options.KnownIPNetworks.Add(network);
        });
        builder.Services.AddTransient<IStartupFilter, First>();
    }

    private static IPNetwork Parse(string setting, string value)
    {
        if (IPAddress.TryParse(value, out var address)) return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return IPNetwork.TryParse(value, out var network)
            ? network
            : throw new SettingException($"{setting} is neither an address nor a network like 10.0.0.0/8: {value}");
    }

    private sealed class First : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app => next(app.UseForwardedHeaders());
    }
}
