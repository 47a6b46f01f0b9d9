using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.CrmForwarder.Deliveries;

/// <summary>A row that cannot be worked with is set aside and told of; those beside it and those of others go on.</summary>
public sealed class RottenRowsTests : IAsyncLifetime
{
    private static readonly AccountId Account = AccountId.Parse("acc_1");

    private readonly string _directory = Directory.CreateTempSubdirectory("crm-forwarder-").FullName;
    private TinyCrm _crm = null!;
    private ForwarderHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _crm = await TinyCrm.StartAsync();
        _host = await ForwarderHost.StartAsync(_directory);
    }

    public async ValueTask DisposeAsync()
    {
        await _crm.DisposeAsync();
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>It made the read of its endpoint fail, every second and for ever.</summary>
    [Fact]
    public async Task A_delivery_that_cannot_be_read_is_set_aside_and_those_of_its_endpoint_go()
    {
        _crm.Fail(503);
        await _host.LinkAsync(Account, _crm.Url("/"));
        var events = new[] { _host.Event(Account, "conv_1"), _host.Event(Account, "conv_1"), _host.Event(Account, "conv_1") };
        await _host.PublishAsync(events);
        await _crm.NextAsync(3);
        await _host.LoggedAsync("delivery.failed", times: 3);
        await RotAsync("UPDATE deliveries SET conversation_id = 'nonsense' WHERE sequence = 2");

        _crm.Succeed();
        _host.Advance(TimeSpan.FromSeconds(6), Account);
        (await _crm.NextAsync(2)).Select(request => request.Id).ShouldBe([events[0].Id.Value, events[2].Id.Value], ignoreOrder: true);
        await _host.LoggedAsync("delivery.delivered", times: 2);
        (await _host.ReadAsync(db => db.Deliveries.Where(row => row.Sequence == 2)
            .Select(row => new { row.State, row.LastError }).SingleAsync()))
            .ShouldBe(new { State = DeliveryState.Dead, LastError = (string?)"unreadable" });
    }

    /// <summary>It made the news of its account a dead letter.</summary>
    [Fact]
    public async Task A_waiting_event_that_cannot_be_read_keeps_back_neither_its_account_nor_the_others()
    {
        var (rotten, good) = (_host.Event(Account, "conv_1"), _host.Event(Account, "conv_1"));
        await _host.PublishAsync(rotten, good);
        await RotAsync("UPDATE waiting_events SET conversation_id = 'nonsense' WHERE sequence = 1");

        await _host.LinkAsync(Account, _crm.Url("/"));
        (await _crm.NextAsync()).Id.ShouldBe(good.Id.Value);
        (await _host.ReadAsync(db => db.WaitingEvents.Select(row => row.AccountVersion).SingleAsync())).ShouldBe(long.MaxValue);
    }

    [Fact]
    public async Task A_waiting_event_that_can_never_be_released_is_set_aside_and_those_beside_it_go()
    {
        await RotAsync("CREATE TRIGGER rotten BEFORE INSERT ON deliveries WHEN NEW.sequence = 1 BEGIN SELECT RAISE(ABORT, 'rotten'); END");
        await _host.LinkAsync(Account, _crm.Url("/"));
        var (rotten, good) = (_host.Event(Account), _host.Event(Account));
        await _host.WriteAsync(db => db.AddRange(new[] { rotten, good }
            .Select(e => WaitingEvent.Of(new Contracts.BusItem<Contracts.Events.InboxEvent>("1", null, e)))));

        var posted = _crm.NextAsync();
        await _host.AdvanceUntilAsync(posted, TimeSpan.FromSeconds(1));
        (await posted).Id.ShouldBe(good.Id.Value);
        await _host.AdvanceUntilLoggedAsync("worker.row_set_aside", TimeSpan.FromSeconds(1));
    }

    private Task<int> RotAsync(string sql) => _host.ReadAsync(db => db.Database.ExecuteSqlRawAsync(sql));
}
