using InstaMessenger.Hosting.Settings;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace InstaMessenger.Hosting.Security;

/// <summary>Sets up what protects secrets at rest.</summary>
public static class SecretsSetup
{
    /// <summary>
    /// ASP.NET Core Data Protection with a key ring on disk, shared by the services and encrypted with <c>Secrets:MasterKey</c>. For the
    /// services that hold secrets; the public doors hold none and need no key. Calling it again changes nothing.
    /// </summary>
    public static void AddSecrets(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.Any(service => service.ServiceType == typeof(SecretProtector))) return;
        var configuration = builder.Configuration;
        var options = configuration.GetSection("Secrets").Get<SecretsOptions>() ?? new SecretsOptions();
        var services = builder.Services;
        services.AddSingleton(_ => new MasterKey(StrongKey.Parse("Secrets:MasterKey", options.MasterKey)));
        var folder = WritableFolder.Open(
            "Secrets:KeyDirectory", options.KeyDirectory is { Length: > 0 } set ? set : DataDirectory.File(configuration, "keys"));
        services.AddHostedService(provider => new KeyRingStarter(
            folder, provider.GetRequiredService<IKeyManager>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SecretProtector>();
        services.AddDataProtection()
            .SetApplicationName("InstaMessenger")
            .PersistKeysToFileSystem(folder);
        services.AddOptions<KeyManagementOptions>().Configure<MasterKey>((ring, key) => ring.XmlEncryptor = new KeyRingEncryptor(key));
    }
}
