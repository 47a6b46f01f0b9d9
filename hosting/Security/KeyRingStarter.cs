using System.Security.Cryptography;
using InstaMessenger.Hosting.Settings;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Hosting;

namespace InstaMessenger.Hosting.Security;

/// <summary>
/// Opens the key ring before anything uses it: a master key that is missing, weak or not the one of the ring stops the start with one clear
/// sentence. Left to itself Data Protection would make a new key beside those that it cannot open, and old secrets would fail one by one.
/// </summary>
internal sealed class KeyRingStarter(DirectoryInfo folder, IKeyManager keys, TimeProvider clock) : IHostedLifecycleService
{
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromDays(90);

    /// <summary>How long the turns of others are waited for.</summary>
    internal TimeSpan LongestTurn { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Runs before anything is started: Data Protection makes a key at its own start, wherever that was registered.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        // Services that start together on an empty folder must not make a key each: for a day the others would not know it.
        await using var turn = await TakeTurnAsync(cancellationToken);
        var ring = keys.GetAllKeys();
        if (ring.Count == 0) keys.CreateNewKey(clock.GetUtcNow(), clock.GetUtcNow() + KeyLifetime);
        if (ring.Any(key => !Opens(key)))
            throw new InvalidOperationException(
                $"Secrets:MasterKey does not open the key ring in {folder.FullName}: set the key that it was made with.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool Opens(IKey key)
    {
        try
        {
            return key.IsRevoked || key.CreateEncryptor() is not null;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private async Task<FileStream> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(folder.FullName, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // A turn takes milliseconds. What lasts longer is a file that cannot be opened, and waiting on in silence would hang the
                // start for ever.
                if (TimeProvider.System.GetElapsedTime(began) > LongestTurn)
                    throw new SettingException($"Secrets:KeyDirectory: {folder.FullName}/.lock cannot be locked: {error.Message}", error);
                await Task.Delay(LockPause, TimeProvider.System, cancellationToken);
            }
        }
    }
}
