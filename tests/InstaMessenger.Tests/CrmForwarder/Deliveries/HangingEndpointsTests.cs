using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Tests.CrmForwarder.Deliveries;

/// <summary>
/// 160 endpoints that accept and hang moved another tenant's delivery from 0.03 s to 16 to 25 s. The clock stands still here: nothing that
/// hangs can have ended.
/// </summary>
public sealed class HangingEndpointsTests : IAsyncLifetime
{
    private const int Hanging = 160;

    private static readonly AccountId Healthy = AccountId.Parse("acc_healthy");
    private static readonly AccountId Fresh = AccountId.Parse("acc_new");

    private readonly string _directory = Directory.CreateTempSubdirectory("crm-forwarder-").FullName;
    private TinyCrm _crm = null!;
    private TinyCrm _hanging = null!;
    private ForwarderHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _crm = await TinyCrm.StartAsync();
        _hanging = await TinyCrm.StartAsync();
        _hanging.Hang();
        _host = await ForwarderHost.StartAsync(_directory);
    }

    public async ValueTask DisposeAsync()
    {
        await _crm.DisposeAsync();
        await _hanging.DisposeAsync();
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_healthy_endpoint_s_deliveries_go_out_while_160_endpoints_hang()
    {
        await _host.LinkAsync(Healthy, _crm.Url("/healthy"));
        await _host.PublishAsync(_host.Event(Healthy));
        await _crm.NextAsync();
        await HangAsync();
        await _hanging.NextAsync(32);

        await _host.PublishAsync([.. Enumerable.Range(0, 100).Select(_ => _host.Event(Healthy))]);
        await _crm.NextAsync(100);
        _hanging.HasMore.ShouldBeFalse();
    }

    [Fact]
    public async Task An_endpoint_that_was_never_posted_to_does_not_wait_for_those_that_hang()
    {
        await HangAsync();
        await _hanging.NextAsync(32);
        await _host.LinkAsync(Fresh, _crm.Url("/new"));
        await _host.PublishAsync(_host.Event(Fresh));

        // It shares a quarter of the slots with them, each for at most a second; five seconds see all of them through, and 15 would end the
        // first.
        var came = _crm.NextAsync();
        for (var second = 0; second < 5 && !came.IsCompleted; second++)
        {
            _host.Advance(TimeSpan.FromSeconds(1), Fresh);
            await Task.WhenAny(came, _hanging.NextAsync(31));
        }

        await came;
        (await _host.ReadAsync(db => Task.FromResult(db.Attempts.Count(row => row.Status == null)))).ShouldBe(0);
    }

    private async Task HangAsync()
    {
        var accounts = Enumerable.Range(1, Hanging).Select(number => AccountId.Parse($"acc_{number}")).ToList();
        foreach (var account in accounts) await _host.LinkAsync(account, _hanging.Url("/"));
        await _host.PublishAsync([.. accounts.SelectMany(account => Enumerable.Range(0, 3).Select(_ => _host.Event(account)))]);
    }
}
