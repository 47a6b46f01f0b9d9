using System.Security.Cryptography;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Tests.Hosting.Security;

/// <summary>Secrets at rest, as processes that share a key ring see them.</summary>
public sealed class SecretsTests : IDisposable
{
    private const string Secret = "IGAAJ-access-token-canary";
    private static readonly AccountId Mine = AccountId.Parse("acc_1");
    private static readonly AccountId Yours = AccountId.Parse("acc_2");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("instamessenger-keys-");
    private readonly string _masterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_secret_that_one_process_protected_another_can_read()
    {
        await using var one = await StartAsync(_masterKey);
        await using var other = await StartAsync(_masterKey);

        var kept = Protector(one).Protect(SecretPurpose.AccessToken, Mine, Secret);

        kept.ShouldNotContain(Secret);
        Protector(other).Unprotect(SecretPurpose.AccessToken, Mine, kept).ShouldBe(Secret);
    }

    [Fact]
    public async Task Processes_that_start_together_on_an_empty_folder_share_one_key()
    {
        var processes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => StartAsync(_masterKey))));

        var kept = processes.Select(process => Protector(process).Protect(SecretPurpose.WebhookSecret, Mine, Secret)).ToList();
        foreach (var process in processes)
        {
            foreach (var value in kept) Protector(process).Unprotect(SecretPurpose.WebhookSecret, Mine, value).ShouldBe(Secret);
            await process.DisposeAsync();
        }

        _folder.GetFiles("key-*.xml").Length.ShouldBe(1);
    }

    [Fact]
    public async Task No_key_lies_on_the_disk_in_the_clear()
    {
        await using var process = await StartAsync(_masterKey);

        var file = await File.ReadAllTextAsync(_folder.GetFiles("key-*.xml").Single().FullName);

        file.ShouldContain("<encryptedKey");
        file.ShouldNotContain("<masterKey");
        file.ShouldNotContain("<value>");
        file.ShouldNotContain(_masterKey);
    }

    [Fact]
    public async Task A_master_key_that_is_not_the_rings_stops_the_start_with_a_clear_sentence()
    {
        await using (await StartAsync(_masterKey))
        {
        }

        var error = await Should.ThrowAsync<InvalidOperationException>(
            () => StartAsync(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));

        error.Message.ShouldStartWith("Secrets:MasterKey does not open the key ring");
        _folder.GetFiles("key-*.xml").Length.ShouldBe(1);
    }

    /// <summary>It was waited for without end and without a word, as if another process had its turn.</summary>
    [Fact]
    public async Task A_key_folder_whose_lock_cannot_be_taken_stops_the_start_with_a_clear_sentence()
    {
        _folder.CreateSubdirectory(".lock");
        // It does not come to the keys.
        var starter = new KeyRingStarter(_folder, null!, TimeProvider.System) { LongestTurn = TimeSpan.Zero };

        var error = await Should.ThrowAsync<SettingException>(() => starter.StartingAsync(Patience.Token()));

        error.Message.ShouldStartWith($"Secrets:KeyDirectory: {_folder.FullName}/.lock cannot be locked: ");
    }

    [Fact]
    public async Task A_value_that_was_moved_or_changed_cannot_be_read()
    {
        await using var process = await StartAsync(_masterKey);
        var protector = Protector(process);
        var kept = protector.Protect(SecretPurpose.AccessToken, Mine, Secret);

        Should.Throw<CryptographicException>(() => protector.Unprotect(SecretPurpose.AccessToken, Yours, kept));
        Should.Throw<CryptographicException>(() => protector.Unprotect(SecretPurpose.WebhookSecret, Mine, kept));
        Should.Throw<CryptographicException>(() => protector.Unprotect(SecretPurpose.AccessToken, Mine, kept[..^3]));
        var middle = kept.Length / 2;
        Should.Throw<CryptographicException>(() => protector.Unprotect(
            SecretPurpose.AccessToken, Mine, kept[..middle] + (kept[middle] == 'A' ? 'B' : 'A') + kept[(middle + 1)..]));
    }

    [Theory]
    [InlineData(null, "missing")]
    [InlineData("", "missing")]
    [InlineData("  ", "missing")]
    [InlineData("changeme", "weak")]
    [InlineData("c2hvcnQ=", "weak")]
    [InlineData("not base64 but long enough to be a key, surely!", "weak")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "weak")]
    public void A_key_that_is_missing_or_weak_is_refused_with_advice(string? key, string why)
    {
        var error = Should.Throw<InvalidOperationException>(() => StrongKey.Parse("Secrets:MasterKey", key));

        error.Message.ShouldStartWith($"Secrets:MasterKey is {why}.");
        error.Message.ShouldContain("openssl rand -base64 32");
        if (!string.IsNullOrWhiteSpace(key)) error.Message.ShouldNotContain(key);
    }

    [Fact]
    public void A_strong_key_is_read_whole_also_with_a_newline_behind_it()
    {
        var bytes = RandomNumberGenerator.GetBytes(48);

        StrongKey.Parse("Secrets:MasterKey", Convert.ToBase64String(bytes) + "\n").ShouldBe(bytes);
    }

    [Fact]
    public async Task A_start_without_a_master_key_says_which_setting_is_missing() =>
        (await Should.ThrowAsync<InvalidOperationException>(() => StartAsync(null))).Message.ShouldStartWith(
            "Secrets:MasterKey is missing.");

    private static SecretProtector Protector(WebApplication process) => process.Services.GetRequiredService<SecretProtector>();

    private async Task<WebApplication> StartAsync(string? masterKey)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Secrets:MasterKey"] = masterKey,
            ["Secrets:KeyDirectory"] = _folder.FullName,
        });
        builder.AddServiceDefaults("probe", 0);
        builder.AddSecrets();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        await app.StartAsync();
        return app;
    }
}
