using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Telemetry;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.CrmForwarder;

public sealed class DeliveryFlowTests : IAsyncLifetime
{
    private static readonly AccountId Account = AccountId.Parse("acc_1");
    private static readonly AccountId OtherAccount = AccountId.Parse("acc_2");

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

    [Fact]
    public async Task An_event_is_posted_as_it_is_with_its_id_the_time_and_both_signatures()
    {
        await _host.LinkAsync(Account, _crm.Url("/hook"));
        var inboxEvent = _host.Event(Account);
        await _host.PublishAsync(inboxEvent);

        var request = await _crm.NextAsync();
        request.Path.ShouldBe("/hook");
        request.ContentType.ShouldBe("application/json");
        request.Body.ShouldBe(inboxEvent.Body);
        request.Id.ShouldBe(inboxEvent.Id.Value);
        request.Timestamp.ShouldBe(_host.Clock.GetUtcNow().ToUnixTimeSeconds().ToString());
        ShouldBeSigned(request);
        await _host.LoggedAsync("delivery.delivered");
        (await _host.OnlyDeliveryAsync()).ShouldSatisfyAllConditions(
            row => row.State.ShouldBe(DeliveryState.Delivered),
            row => row.Attempts.ShouldBe(1),
            row => row.LastStatus.ShouldBe(200),
            row => row.DeliveredAt.ShouldNotBeNull());
    }

    [Fact]
    public async Task An_account_without_a_secret_is_posted_to_without_a_signature()
    {
        await _host.LinkAsync(Account, _crm.Url("/"), secret: null);
        await _host.PublishAsync(_host.Event(Account));
        (await _crm.NextAsync())
            .ShouldSatisfyAllConditions(request => request.Signature.ShouldBeEmpty(), request => request.HubSignature.ShouldBeEmpty());
    }

    [Fact]
    public async Task The_post_belongs_to_the_trace_of_the_event()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ActivityNames.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        var trace = ActivityTraceId.CreateRandom();
        await _host.LinkAsync(Account, _crm.Url("/"));
        await _host.PublishTracedAsync($"00-{trace}-{ActivitySpanId.CreateRandom()}-01", [_host.Event(Account)]);
        (await _crm.NextAsync()).TraceParent.ShouldStartWith($"00-{trace}-");
    }

    [Fact]
    public async Task A_redelivered_event_is_posted_once()
    {
        await _host.LinkAsync(Account, _crm.Url("/"));
        var (first, last) = (_host.Event(Account, "conv_1"), _host.Event(Account, "conv_1"));
        await _host.PublishAsync(first, first);
        await _host.PublishAsync(first, last);
        (await _crm.NextAsync(2)).Select(request => request.Id).ShouldBe([first.Id.Value, last.Id.Value]);
        (await _host.ReadAsync(db => db.Deliveries.CountAsync())).ShouldBe(2);
        (await _host.ReadAsync(db => db.Set<DeadLetter>().CountAsync())).ShouldBe(0);
    }

    [Fact]
    public async Task An_account_without_a_url_has_no_deliveries()
    {
        await _host.LinkAsync(Account, url: null);
        await _host.PublishAsync(_host.Event(Account));
        (await _host.ReadAsync(db => db.Deliveries.CountAsync())).ShouldBe(0);
        (await _host.ReadAsync(db => db.WaitingEvents.CountAsync())).ShouldBe(0);
    }

    [Fact]
    public async Task Events_ahead_of_their_account_wait_for_it_and_then_go_in_order()
    {
        var (first, second, ahead) = (
            _host.Event(Account, "conv_1"), _host.Event(Account, "conv_1"), _host.Event(Account, "conv_1", version: 2));
        await _host.PublishAsync(second, ahead);
        await _host.PublishAsync(first, second);
        (await _host.ReadAsync(db => db.WaitingEvents.CountAsync())).ShouldBe(3);

        await _host.LinkAsync(Account, _crm.Url("/one"));
        (await _crm.NextAsync(2)).Select(request => request.Id).ShouldBe([first.Id.Value, second.Id.Value]);
        (await _host.ReadAsync(db => db.WaitingEvents.SingleAsync())).EventId.ShouldBe(ahead.Id);

        await _host.LinkAsync(Account, _crm.Url("/two"), version: 2);
        (await _crm.NextAsync())
            .ShouldSatisfyAllConditions(request => request.Id.ShouldBe(ahead.Id.Value), request => request.Path.ShouldBe("/two"));
        (await _host.ReadAsync(db => db.WaitingEvents.CountAsync())).ShouldBe(0);
    }

    [Fact]
    public async Task An_event_that_still_waits_for_a_known_account_is_swept_up()
    {
        await _host.LinkAsync(Account, _crm.Url("/"));
        var inboxEvent = _host.Event(Account);
        // What two transactions that do not see each other leave behind on MySQL.
        await _host.WriteAsync(db => db.Add(WaitingEvent.Of(new Contracts.BusItem<Contracts.Events.InboxEvent>("1", null, inboxEvent))));
        var posted = _crm.NextAsync();
        await _host.AdvanceUntilAsync(posted, TimeSpan.FromSeconds(1));
        (await posted).Id.ShouldBe(inboxEvent.Id.Value);
    }

    [Fact]
    public async Task An_event_that_still_waits_for_a_known_account_is_passed_by_none_behind_it()
    {
        await _host.LinkAsync(Account, _crm.Url("/"));
        var (waits, later) = (_host.Event(Account, "conv_1"), _host.Event(Account, "conv_1"));
        await _host.WriteAsync(db => db.Add(WaitingEvent.Of(new Contracts.BusItem<Contracts.Events.InboxEvent>("1", null, waits))));

        await _host.PublishAsync(later);

        (await _crm.NextAsync(2)).Select(request => request.Id).ShouldBe([waits.Id.Value, later.Id.Value]);
    }

    [Fact]
    public async Task An_older_version_of_an_account_changes_nothing()
    {
        await _host.LinkAsync(Account, _crm.Url("/new"), version: 2);
        await _host.LinkAsync(Account, _crm.Url("/old"), version: 1);
        await _host.PublishAsync(_host.Event(Account));
        (await _crm.NextAsync()).Path.ShouldBe("/new");
    }

    [Fact]
    public async Task A_retry_has_the_same_id_and_body_and_a_new_time_and_signature()
    {
        _crm.Fail(503);
        await _host.LinkAsync(Account, _crm.Url("/"));
        await _host.PublishAsync(_host.Event(Account));
        var first = await _crm.NextAsync();
        await _host.LoggedAsync("delivery.failed");

        _crm.Succeed();
        _host.Advance(TimeSpan.FromSeconds(6), Account);
        var second = await _crm.NextAsync();
        second.Id.ShouldBe(first.Id);
        second.Body.ShouldBe(first.Body);
        long.Parse(second.Timestamp).ShouldBe(long.Parse(first.Timestamp) + 6);
        second.Signature.ShouldNotBe(first.Signature);
        ShouldBeSigned(second);
        await _host.LoggedAsync("delivery.delivered");
        (await _host.OnlyDeliveryAsync()).State.ShouldBe(DeliveryState.Delivered);
    }

    [Fact]
    public async Task A_delivery_is_tried_ten_times_in_76_hours_then_dead_and_can_be_sent_again()
    {
        _crm.Fail(500);
        await _host.LinkAsync(Account, _crm.Url("/"));
        await _host.PublishAsync(_host.Event(Account));
        var first = await _crm.NextAsync();
        for (var failures = 1; failures < RetrySchedule.MostAttempts; failures++)
        {
            await _host.LoggedAsync("delivery.failed");
            var row = await _host.OnlyDeliveryAsync();
            row.Failures.ShouldBe(failures);
            (row.DueAt - _host.Clock.GetUtcNow()).ShouldBeInRange(
                RetrySchedule.Wait(failures, null, 0)!.Value - TimeSpan.FromMilliseconds(1), RetrySchedule.Wait(failures, null, 1)!.Value);
            _host.Advance(row.DueAt - _host.Clock.GetUtcNow(), Account);
            (await _crm.NextAsync()).Id.ShouldBe(first.Id);
        }

        await _host.LoggedAsync("delivery.dead");
        var dead = await _host.OnlyDeliveryAsync();
        (dead.State, dead.Attempts, dead.LastStatus).ShouldBe((DeliveryState.Dead, 10, 500));
        (await _host.ReadAsync(db => db.Attempts.CountAsync())).ShouldBe(10);

        _crm.Succeed();
        using var http = _host.Client(Account);
        (await http.PostAsync($"/api/v1/deliveries/{dead.Id}/redeliver", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await _crm.NextAsync()).Id.ShouldBe(first.Id);
        await _host.LoggedAsync("delivery.delivered");
        (await _host.OnlyDeliveryAsync())
            .ShouldSatisfyAllConditions(row => row.State.ShouldBe(DeliveryState.Delivered), row => row.Attempts.ShouldBe(11));
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("Sun, 01 Mar 2026 13:00:00 GMT", 3600)]
    public async Task Retry_after_is_honoured_in_both_forms(string retryAfter, int seconds)
    {
        _crm.Answer = (_, context) =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (429, retryAfter);
            return Task.CompletedTask;
        };
        await _host.LinkAsync(Account, _crm.Url("/"));
        await _host.PublishAsync(_host.Event(Account));
        await _host.LoggedAsync("delivery.failed");
        (await _host.OnlyDeliveryAsync()).DueAt.ShouldBe(_host.Clock.GetUtcNow().AddSeconds(seconds));
    }

    [Fact]
    public async Task A_410_disables_the_endpoint_and_keeps_everything_until_the_url_is_changed()
    {
        _crm.Fail(410);
        await _host.LinkAsync(Account, _crm.Url("/gone"));
        var (first, second) = (_host.Event(Account, "conv_1"), _host.Event(Account, "conv_1"));
        await _host.PublishAsync(first, second);
        (await _crm.NextAsync()).Id.ShouldBe(first.Id.Value);
        await _host.LoggedAsync("endpoint.disabled");
        var third = _host.Event(Account, "conv_1");
        await _host.PublishAsync(third);
        (await _host.ReadAsync(db => db.Deliveries.CountAsync(row => row.State == DeliveryState.Pending))).ShouldBe(3);
        (await _host.ReadAsync(db => db.Endpoints.SingleAsync())).State.ShouldBe(EndpointState.Disabled);

        _crm.Succeed();
        await _host.LinkAsync(Account, _crm.Url("/gone"), version: 2);
        (await _host.ReadAsync(db => db.Endpoints.SingleAsync())).State.ShouldBe(EndpointState.Disabled);
        await _host.LinkAsync(Account, _crm.Url("/back"), version: 3);
        var back = await _crm.NextAsync(3);
        back.Select(request => request.Path).ShouldAllBe(path => path == "/back");
        back.Select(request => request.Id).ShouldBe([first.Id.Value, second.Id.Value, third.Id.Value]);
    }

    [Fact]
    public async Task A_redirect_is_a_failure_and_is_not_followed()
    {
        _crm.Answer = (_, context) =>
        {
            context.Response.Redirect(_crm.Url("/elsewhere"));
            return Task.CompletedTask;
        };
        await _host.LinkAsync(Account, _crm.Url("/"));
        await _host.PublishAsync(_host.Event(Account));
        (await _crm.NextAsync()).Path.ShouldBe("/");
        await _host.LoggedAsync("delivery.failed");
        (await _host.OnlyDeliveryAsync()).LastStatus.ShouldBe(302);
        _crm.HasMore.ShouldBeFalse();
    }

    [Fact]
    public async Task A_crm_has_fifteen_seconds_for_its_answer()
    {
        _crm.Hang();
        await _host.LinkAsync(Account, _crm.Url("/"));
        await _host.PublishAsync(_host.Event(Account));
        await _crm.NextAsync();
        _host.Clock.Advance(TimeSpan.FromSeconds(15));
        await _host.LoggedAsync("delivery.failed");
        (await _host.OnlyDeliveryAsync())
            .ShouldSatisfyAllConditions(row => row.LastStatus.ShouldBeNull(), row => row.LastError.ShouldBe("timeout"));
    }

    [Fact]
    public async Task A_crm_that_hangs_does_not_hold_up_another()
    {
        await using var hanging = await TinyCrm.StartAsync();
        hanging.Hang();
        await _host.LinkAsync(OtherAccount, hanging.Url("/"));
        await _host.PublishAsync([.. Enumerable.Range(0, 100).Select(_ => _host.Event(OtherAccount))]);
        await hanging.NextAsync();

        await _host.LinkAsync(Account, _crm.Url("/"));
        await _host.PublishAsync([.. Enumerable.Range(0, 100).Select(_ => _host.Event(Account))]);
        // The clock stands still, so that none of the hanging posts can have ended.
        await _crm.NextAsync(100);
    }

    [Fact]
    public async Task An_endless_body_does_not_hold_up_the_next_delivery()
    {
        _crm.Answer = async (_, context) =>
        {
            var chunk = new byte[16 * 1024];
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
        };
        await _host.LinkAsync(Account, _crm.Url("/"));
        await _host.PublishAsync(_host.Event(Account, "conv_1"), _host.Event(Account, "conv_1"));
        await _crm.NextAsync(2);
        await _host.LoggedAsync("delivery.delivered", times: 2);
    }

    [Fact]
    public async Task A_conversation_stays_in_order_and_never_has_two_posts_at_once()
    {
        var inside = 0;
        _crm.Answer = async (_, context) =>
        {
            if (Interlocked.Increment(ref inside) > 1) context.Response.StatusCode = 500;
            await Task.Yield();
            Interlocked.Decrement(ref inside);
        };
        await _host.LinkAsync(Account, _crm.Url("/"));
        var events = Enumerable.Range(0, 200).Select(_ => _host.Event(Account, "conv_1")).ToArray();
        await _host.PublishAsync(events[..100]);
        await _host.PublishAsync(events[100..]);
        (await _crm.NextAsync(200)).Select(request => request.Id).ShouldBe(events.Select(e => e.Id.Value));
        await _host.LoggedAsync("delivery.delivered", times: 200);
    }

    [Fact]
    public async Task A_delivery_that_waits_for_its_retry_does_not_hold_up_those_behind_it()
    {
        var (bad, good) = (_host.Event(Account, "conv_1"), _host.Event(Account, "conv_1"));
        _crm.Answer = (request, context) =>
        {
            if (request.Id == bad.Id.Value) context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await _host.LinkAsync(Account, _crm.Url("/"));
        await _host.PublishAsync(bad, good);
        (await _crm.NextAsync(2)).Select(request => request.Id).ShouldBe([bad.Id.Value, good.Id.Value]);
        await _host.LoggedAsync("delivery.delivered");
    }

    [Fact]
    public async Task What_a_stopped_process_left_is_posted_at_the_next_start_with_the_same_id()
    {
        _crm.Hang();
        await _host.LinkAsync(Account, _crm.Url("/"));
        await _host.PublishAsync(_host.Event(Account));
        var cutOff = await _crm.NextAsync();
        await _host.DisposeAsync();
        _crm.Succeed();
        _host = await ForwarderHost.StartAsync(_directory);
        (await _crm.NextAsync()).Id.ShouldBe(cutOff.Id);
        await _host.LoggedAsync("delivery.delivered");
    }

    [Fact]
    public async Task Whoever_links_an_account_anew_does_not_get_what_was_left_from_before()
    {
        _crm.Fail(500);
        await _host.LinkAsync(Account, _crm.Url("/before"));
        await _host.PublishAsync(_host.Event(Account));
        await _crm.NextAsync();
        await _host.LoggedAsync("delivery.failed");
        await _host.LinkAsync(Account, url: null, version: 2, unlinked: true);
        _crm.Succeed();
        await _host.LinkAsync(Account, _crm.Url("/after"), version: 3);

        (await _host.OnlyDeliveryAsync())
            .ShouldSatisfyAllConditions(row => row.State.ShouldBe(DeliveryState.Dead), row => row.LastError.ShouldBe("account_unlinked"));
        _host.Advance(TimeSpan.FromSeconds(10), Account);
        var fresh = _host.Event(Account, version: 3);
        await _host.PublishAsync(fresh);
        (await _crm.NextAsync()).Id.ShouldBe(fresh.Id.Value);
    }

    [Theory]
    [InlineData("https://127.0.0.1:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("no url")]
    public async Task An_address_that_the_guard_refuses_is_never_tried_again(string url)
    {
        using var canary = new TcpListener(IPAddress.Loopback, 0);
        canary.Start();
        await _host.DisposeAsync();
        _host = await ForwarderHost.StartAsync(_directory, allowPrivate: false);
        await _host.LinkAsync(Account, string.Format(CultureInfo.InvariantCulture, url, ((IPEndPoint)canary.LocalEndpoint).Port));
        await _host.PublishAsync(_host.Event(Account));
        await _host.LoggedAsync("delivery.dead");
        (await _host.OnlyDeliveryAsync()).ShouldSatisfyAllConditions(
            row =>
                row.State.ShouldBe(DeliveryState.Dead), row => row.Attempts.ShouldBe(1), row => row.LastError.ShouldBe("address_refused"));
        canary.Pending().ShouldBeFalse();
    }

    [Fact]
    public async Task A_connection_that_is_cut_is_retried()
    {
        _crm.Answer = (_, context) =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        await ShouldBeRetriedAsync(_crm.Url("/"), "connection_lost");
    }

    [Fact]
    public Task A_crm_that_is_down_is_tried_again() =>
        ShouldBeRetriedAsync($"http://127.0.0.1:{FreePort.Take()}/", "connection_error"); // held, and nobody listens there

    [Fact]
    public Task A_crm_without_tls_where_it_should_be_is_tried_again() =>
        ShouldBeRetriedAsync(_crm.Url("/").Replace("http:", "https:", StringComparison.Ordinal), "secure_connection_error");

    private async Task ShouldBeRetriedAsync(string url, string error)
    {
        await _host.LinkAsync(Account, url);
        await _host.PublishAsync(_host.Event(Account));
        await _host.LoggedAsync("delivery.failed");
        (await _host.OnlyDeliveryAsync()).ShouldSatisfyAllConditions(
            row => row.State.ShouldBe(DeliveryState.Pending), row => row.LastStatus.ShouldBeNull(), row => row.LastError.ShouldBe(error));
    }

    private static void ShouldBeSigned(CrmRequest request)
    {
        var key = WebhookSigner.KeyOf(ForwarderHost.Secret);
        request.Signature.ShouldBe(WebhookSigner.Standard([key], request.Id, long.Parse(request.Timestamp), request.Body));
        request.HubSignature.ShouldBe(WebhookSigner.Hub(key, request.Body));
    }
}
