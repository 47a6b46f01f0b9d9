using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.CrmForwarder.Deliveries;

public sealed class DeliveryRetentionTests : IAsyncLifetime
{
    private static readonly AccountId Account = AccountId.Parse("acc_1");
    private static readonly AccountId Failing = AccountId.Parse("acc_2");
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly string _directory = Directory.CreateTempSubdirectory("crm-forwarder-").FullName;
    private TinyCrm _crm = null!;
    private ForwarderHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _crm = await TinyCrm.StartAsync();
        _crm.Answer = (post, context) =>
        {
            if (post.Path == "/gone") context.Response.StatusCode = 410;
            return Task.CompletedTask;
        };
        _host = await ForwarderHost.StartAsync(_directory);
        await _host.LinkAsync(Account, _crm.Url("/"));
        await _host.LinkAsync(Failing, _crm.Url("/gone"));
    }

    public async ValueTask DisposeAsync()
    {
        await _crm.DisposeAsync();
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task What_was_taken_is_forgotten_after_thirty_days_with_its_attempts_and_what_was_not_stays()
    {
        await _host.PublishAsync(_host.Event(Account), _host.Event(Account), _host.Event(Failing));
        await _host.LoggedAsync("delivery.delivered", "delivery.delivered", "endpoint.disabled");
        _host.Clock.Advance(DeliveryRetention.Kept - Day);
        var young = _host.Event(Account);
        await _host.PublishAsync(young);
        await _host.LoggedAsync("delivery.delivered");
        await SweepAsync();
        (await AccountsAsync()).ShouldBe([Account, Account, Failing, Account]);

        _host.Clock.Advance(Day * 2);
        await SweepAsync();

        (await AccountsAsync()).ShouldBe([Failing, Account]);
        (await _host.ReadAsync(db => db.Attempts.CountAsync())).ShouldBe(2);
        (await _host.ReadAsync(db => db.Deliveries.SingleAsync(row => row.AccountId == Account))).EventId.ShouldBe(young.Id);
    }

    [Fact]
    public async Task What_was_never_taken_goes_with_an_endpoint_that_is_gone()
    {
        await _host.PublishAsync(_host.Event(Failing));
        await _host.LoggedAsync("endpoint.disabled");
        var over = EndpointReplay.Of("whe_2", null, null, 0, null, _host.Clock.GetUtcNow());
        over.End(ReplayState.Done, _host.Clock.GetUtcNow());
        await _host.WriteAsync(db => db.Add(over));
        await SweepAsync();
        (await _host.ReadAsync(db => db.Replays.CountAsync())).ShouldBe(1);
        await _host.LinkAsync(Failing, null, version: 2);
        _host.Clock.Advance(DeliveryRetention.Kept + Day);
        await SweepAsync();
        (await AccountsAsync()).ShouldBeEmpty();
        (await _host.ReadAsync(db => db.Replays.CountAsync())).ShouldBe(0);
        (await _host.ReadAsync(db => db.Attempts.CountAsync())).ShouldBe(0);
    }

    private async Task SweepAsync() => await _host.Services.GetRequiredService<DeliveryRetention>().RoundAsync(Patience.Token());

    private Task<List<AccountId>> AccountsAsync() =>
        _host.ReadAsync(db => db.Deliveries.OrderBy(row => row.Id).Select(row => row.AccountId).ToListAsync());
}
