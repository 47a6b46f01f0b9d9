using InstaMessenger.Hosting.Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace InstaMessenger.Hosting.Security;

internal static class SecretsSetup
{
    /// <summary>ASP.NET Core Data Protection with a key ring on disk, shared by the services and encrypted with the master key.</summary>
    public static void AddSecrets(this IHostApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var options = configuration.GetSection("Secrets").Get<SecretsOptions>() ?? new SecretsOptions();
        var services = builder.Services;
        services.AddSingleton(_ => new MasterKey(StrongKey.Parse("Secrets:MasterKey", options.MasterKey)));
        services.AddHostedService<MasterKeyCheck>();
        services.AddSingleton<SecretProtector>();
        services.AddDataProtection()
            .SetApplicationName("InstaMessenger")
            .PersistKeysToFileSystem(Directory.CreateDirectory(options.KeyDirectory ?? DataDirectory.File(configuration, "keys")));
        services.AddOptions<KeyManagementOptions>().Configure<MasterKey>((ring, key) => ring.XmlEncryptor = new KeyRingEncryptor(key));
    }

    /// <summary>Looks at the master key at start, so that a missing one is told then and not at the first account.</summary>
    private sealed class MasterKeyCheck(MasterKey key) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.FromResult(key);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
