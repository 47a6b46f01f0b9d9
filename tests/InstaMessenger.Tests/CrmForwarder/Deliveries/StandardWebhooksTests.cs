using System.Text;
using InstaMessenger.Contracts.Ids;
using Microsoft.AspNetCore.Http;
using StandardWebhooks;

namespace InstaMessenger.Tests.CrmForwarder.Deliveries;

/// <summary>events.md says that the libraries of Standard Webhooks verify our deliveries. Here the official one does.</summary>
public sealed class StandardWebhooksTests : IAsyncLifetime
{
    private const string PlainSecret = "a secret that is not whsec";

    private static readonly AccountId Account = AccountId.Parse("acc_1");

    private readonly string _directory = Directory.CreateTempSubdirectory("crm-forwarder-").FullName;
    private TinyCrm _crm = null!;
    private ForwarderHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _crm = await TinyCrm.StartAsync();
        // The library takes no timestamp that is five minutes off, by the real clock.
        _host = await ForwarderHost.StartAsync(_directory, clock: new(TimeProvider.System.GetUtcNow()));
    }

    public async ValueTask DisposeAsync()
    {
        await _crm.DisposeAsync();
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData(ForwarderHost.Secret, ForwarderHost.Secret)]
    // The one line for a secret of another form: the library wants base64, and the key is the secret's UTF-8 bytes.
    [InlineData(PlainSecret, null)]
    public async Task Every_delivery_is_verified_by_the_official_library(string secret, string? known)
    {
        var library = new StandardWebhook(known ?? Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)));
        await _host.LinkAsync(Account, _crm.Url("/"), secret: secret);
        await _host.PublishAsync([.. Enumerable.Range(0, 20).Select(_ => _host.Event(Account))]);
        foreach (var request in await _crm.NextAsync(20)) Verify(library, request, request.Body);

        var last = _host.Event(Account);
        await _host.PublishAsync(last);
        var changed = await _crm.NextAsync();
        changed.Body[0]++;
        Should.Throw<Exception>(() => Verify(library, changed, changed.Body));
    }

    private static void Verify(StandardWebhook library, CrmRequest request, byte[] body) => library.Verify(
        Encoding.UTF8.GetString(body),
        new HeaderDictionary
        {
            ["webhook-id"] = request.Id,
            ["webhook-timestamp"] = request.Timestamp,
            ["webhook-signature"] = request.Signature,
        });
}
