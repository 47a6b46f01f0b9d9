using System.Net;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.CrmForwarder.Deliveries;

/// <summary>
/// What became of a post is written once, whatever the database does, and one result that cannot be written stops nobody.
/// </summary>
public sealed class RecordingTests : IAsyncLifetime
{
    private static readonly AccountId Account = AccountId.Parse("acc_1");
    private static readonly AccountId OtherAccount = AccountId.Parse("acc_2");
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    private readonly string _directory = Directory.CreateTempSubdirectory("crm-forwarder-").FullName;
    private TinyCrm _crm = null!;
    private ForwarderHost _host = null!;

    private DoubtfulUnitOfWork<CrmForwarderDbContext> Database =>
        _host.Services.GetRequiredService<DoubtfulUnitOfWork<CrmForwarderDbContext>>();

    public async ValueTask InitializeAsync()
    {
        _crm = await TinyCrm.StartAsync();
        _host = await ForwarderHost.StartAsync(_directory, change: DoubtfulUnitOfWork<CrmForwarderDbContext>.Wrap);
    }

    public async ValueTask DisposeAsync()
    {
        await _crm.DisposeAsync();
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>
    /// The attempt number was counted with the state, so an attempt that ended after its account was unlinked was logged and not counted.
    /// </summary>
    [Fact]
    public async Task An_attempt_that_ends_after_unlink_and_relink_does_not_stop_the_deliveries_of_all_once_it_is_sent_again()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _crm.Answer = async (_, context) =>
        {
            await answer.Task;
            context.Response.StatusCode = 500;
        };
        await _host.LinkAsync(Account, _crm.Url("/before"));
        await _host.PublishAsync(_host.Event(Account));
        await _crm.NextAsync();
        await _host.LinkAsync(Account, url: null, version: 2, unlinked: true);
        await _host.LinkAsync(Account, _crm.Url("/after"), version: 3);
        answer.SetResult();
        await _host.LoggedAsync("delivery.failed");
        (await _host.OnlyDeliveryAsync())
            .ShouldSatisfyAllConditions(row => row.State.ShouldBe(DeliveryState.Dead), row => row.Attempts.ShouldBe(1));

        _crm.Succeed();
        using var http = _host.Client(Account);
        (await http.PostAsync("/api/v1/deliveries/1/redeliver", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await _host.LoggedAsync("delivery.delivered");
        await _host.LinkAsync(OtherAccount, _crm.Url("/other"));
        await _host.PublishAsync(_host.Event(OtherAccount));
        await _host.LoggedAsync("delivery.delivered");
        (await NumbersAsync(1)).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_record_that_held_although_the_database_said_otherwise_is_not_written_twice()
    {
        await _host.LinkAsync(Account, _crm.Url("/"));
        await _host.LinkAsync(OtherAccount, _crm.Url("/"));
        _crm.Answer = (_, _) =>
        {
            Database.LostAnswers = 1;
            return Task.CompletedTask;
        };
        await _host.PublishAsync(_host.Event(Account));
        await _host.LoggedAsync("delivery.not_recorded");
        _crm.Succeed();
        await _host.AdvanceUntilLoggedAsync("delivery.delivered", Step);
        await _host.PublishAsync(_host.Event(OtherAccount));
        await _host.LoggedAsync("delivery.delivered");
        (await _host.ReadAsync(db => db.Deliveries.OrderBy(row => row.Id).Select(row => row.Attempts).ToListAsync())).ShouldBe([1, 1]);
        (await NumbersAsync(1)).ShouldBe([1]);
    }

    /// <summary>Every unit of the service, not only the one that was seen to fail.</summary>
    [Theory]
    [InlineData(200)]
    [InlineData(503)]
    [InlineData(410)]
    public async Task Every_unit_that_runs_again_finds_what_it_did_before(int status)
    {
        Database.RunsTwice = true;
        var ahead = _host.Event(Account, "conv_1");
        await _host.PublishAsync(ahead);
        _crm.Fail(status);
        await _host.LinkAsync(Account, _crm.Url("/"));
        (await _crm.NextAsync()).Id.ShouldBe(ahead.Id.Value);
        await _host.LoggedAsync(status switch { 200 => "delivery.delivered", 410 => "endpoint.disabled", _ => "delivery.failed" });

        var row = await _host.OnlyDeliveryAsync();
        (row.Attempts, row.Failures, row.LastStatus).ShouldBe((1, status == 503 ? 1 : 0, status));
        (await NumbersAsync(1)).ShouldBe([1]);
        (await _host.ReadAsync(db => db.WaitingEvents.CountAsync())).ShouldBe(0);
        if (status == 410) return;

        _crm.Succeed();
        using var http = _host.Client(Account);
        // Whoever asks twice gets two, if the first was posted in between.
        Database.RunsTwice = false;
        (await http.PostAsync("/api/v1/deliveries/1/redeliver", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await _host.LoggedAsync("delivery.delivered");
        (await NumbersAsync(1)).ShouldBe([1, 2]);
        _crm.HasMore.ShouldBe(true);
        await _crm.NextAsync();
        _crm.HasMore.ShouldBe(false);
    }

    [Fact]
    public async Task A_result_that_can_never_be_recorded_is_set_aside_and_the_others_are_recorded()
    {
        await _host.ReadAsync(db => db.Database.ExecuteSqlRawAsync(
            "CREATE TRIGGER rotten BEFORE UPDATE OF attempts ON deliveries WHEN OLD.sequence = 4 BEGIN SELECT RAISE(ABORT, 'rotten'); "
                + "END"));
        await _host.LinkAsync(Account, _crm.Url("/"));
        await _host.LinkAsync(OtherAccount, _crm.Url("/"));
        await _host.PublishAsync(_host.Event(Account), _host.Event(OtherAccount));
        await _host.LoggedAsync("delivery.delivered", times: 2);
        await _crm.NextAsync(2);
        // Two at each endpoint, answered together, so that they are recorded together.
        var (came, all) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _crm.Answer = (_, _) =>
        {
            if (Interlocked.Increment(ref came) == 4) all.SetResult();
            return came > 4 ? Task.CompletedTask : all.Task;
        };
        var events = new[] { _host.Event(Account), _host.Event(Account), _host.Event(OtherAccount), _host.Event(OtherAccount) };
        await _host.PublishAsync(events);
        await _crm.NextAsync(4);

        var recorded = _host.LoggedAsync("delivery.set_aside", "delivery.delivered", "delivery.delivered", "delivery.delivered");
        await _host.AdvanceUntilAsync(recorded, Step);
        (await _host.ReadAsync(db => db.Deliveries.SingleAsync(row => row.Sequence == 4))).ShouldSatisfyAllConditions(
            row => row.State.ShouldBe(DeliveryState.Dead), row => row.LastError.ShouldBe("not_recordable"));

        await _host.PublishAsync(_host.Event(OtherAccount));
        (await _crm.NextAsync()).Id.ShouldNotBe(events[1].Id.Value);
    }

    /// <summary>It looked like a database that is away, and was tried for ever while no result behind it was recorded.</summary>
    [Fact]
    public async Task A_result_that_kills_its_connection_each_time_is_told_from_a_database_that_is_away()
    {
        await _host.LinkAsync(Account, _crm.Url("/"));
        await _host.LinkAsync(OtherAccount, _crm.Url("/"));
        Database.Breaks = (db, cancellationToken) => db.Attempts.AnyAsync(row => row.DeliveryId == 1, cancellationToken);
        await _host.PublishAsync(_host.Event(Account));
        await _crm.NextAsync();
        await _host.LoggedAsync("delivery.not_recorded");
        var recorded = _host.LoggedAsync("delivery.set_aside", "delivery.delivered");
        await _host.PublishAsync(_host.Event(OtherAccount));

        await _host.AdvanceUntilAsync(recorded, Step);

        (await _host.ReadAsync(db => db.Deliveries.OrderBy(row => row.Id).Select(row => row.LastError).ToListAsync()))
            .ShouldBe(["not_recordable", null]);
    }

    private Task<List<int>> NumbersAsync(long delivery) =>
        _host.ReadAsync(db => db.Attempts.Where(row => row.DeliveryId == delivery).Select(row => row.Number).Order().ToListAsync());
}
