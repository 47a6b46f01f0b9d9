using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.Events;

/// <summary>Old events are removed, and a client that has not read them yet is told so.</summary>
public sealed class EventRetentionTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeCallers _callers = new();
    private StoreHost _store = null!;
    private Account _shop = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreHost.StartAsync(services =>
        {
            services.AddSingleton<TimeProvider>(_clock);
            services.AddSingleton<ICallerSource>(_callers);
            // The test runs the rounds, one at a time, and says how far the taps have read.
            services.RemoveLoopOf<EventRetention>();
            services.RemoveLoopOf<LiveTail>();
        });
        _shop = await _store.LinkAsync("17841400000000000");
        _callers.Program("shop", _shop.Id);
        await AppendAsync(3);
        _clock.Advance(TimeSpan.FromDays(31));
        await AppendAsync(2);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task After_30_days_events_go_and_who_has_not_seen_them_is_told_where_the_log_begins()
    {
        await TapsHaveReadAsync(5);

        await RoundAsync();

        (await GoneAsync("?after=2")).ShouldBe(4);
        (await GoneAsync("?after=0")).ShouldBe(4);
        (await GoneAsync("?after=1&types=message.read")).ShouldBe(4);
        (await GoneAsync("/stream", lastEventId: "2")).ShouldBe(4);
        (await GoneAsync("/stream?after=0")).ShouldBe(4);
        (await SequencesAsync("?after=3")).ShouldBe([4, 5]);
        (await SequencesAsync("")).ShouldBe([4, 5]);
        using var stream = await GetAsync("/stream", lastEventId: "3");
        stream.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(Counter.Dispatched)]
    [InlineData(Counter.Profiles)]
    [InlineData(Counter.Searched)]
    public async Task What_a_tap_has_not_read_yet_is_kept(string tap)
    {
        await TapsHaveReadAsync(5);
        await SetAsync(tap, 1);

        await RoundAsync();

        (await SequencesAsync("?after=1")).ShouldBe([2, 3, 4, 5]);
        (await GoneAsync("?after=0")).ShouldBe(2);
    }

    /// <summary>One event without a time kept all that was behind it for ever, and the worker failed each hour.</summary>
    [Theory]
    [InlineData(1, long.MaxValue)]
    [InlineData(2, long.MaxValue)]
    [InlineData(2, long.MinValue)]
    [InlineData(4, long.MinValue)]
    public async Task An_event_with_a_time_that_is_none_goes_with_those_around_it(long sequence, long time)
    {
        await TapsHaveReadAsync(5);
        await _store.UnitOfWork.ExecuteAsync(scope => scope.Db.Database.ExecuteSqlAsync(
            $"UPDATE events SET occurred_at = {time} WHERE sequence = {sequence}"));

        await RoundAsync();

        (await GoneAsync("?after=2")).ShouldBe(4);
        (await SequencesAsync("?after=4")).ShouldBe([5]);
    }

    [Fact]
    public async Task A_stream_that_falls_behind_what_is_kept_ends_instead_of_leaving_events_out()
    {
        var (pipe, ring, sessions) = (new Pipe(), new LiveRing(), new LiveSessions());
        using var session = new LiveSession(
            pipe.Writer, 1, new LiveFilter(AccountReach.All, null), _ => ValueTask.FromResult<LiveFilter?>(null), _clock);
        await TapsHaveReadAsync(5);
        await RoundAsync();
        ring.Restart(5);

        await session.RunAsync(sessions, ring, _store.Services.GetRequiredService<EventPages>()).WaitAsync(Patience.Long);

        await pipe.Writer.CompleteAsync();
        using var reader = new StreamReader(pipe.Reader.AsStream());
        (await reader.ReadToEndAsync()).ShouldBe("id: 1\n: connected\n\n");
    }

    private async Task RoundAsync()
    {
        var retention = _store.Services.GetRequiredService<EventRetention>();
        (await retention.Lease.TryTakeAsync(default)).ShouldBeTrue();
        await retention.RoundAsync(default);
    }

    private Task AppendAsync(int count) => _store.UnitOfWork.ExecuteAsync(scope =>
    {
        for (var n = 0; n < count; n++)
            _store.Services.GetRequiredService<EventLog>().Append(scope, _shop, null, EventTypes.MessageRead, new Happened(n));
        return Task.CompletedTask;
    });

    private async Task TapsHaveReadAsync(long sequence)
    {
        foreach (var tap in (string[])[Counter.Dispatched, Counter.Profiles, Counter.Searched]) await SetAsync(tap, sequence);
    }

    private Task<int> SetAsync(string counter, long value) => _store.UnitOfWork.ExecuteAsync(scope => scope.Db.Counters
        .Where(row => row.Name == counter).ExecuteUpdateAsync(set => set.SetProperty(row => row.Value, value)));

    private async Task<long> GoneAsync(string query, string? lastEventId = null)
    {
        using var answer = await GetAsync(query, lastEventId);
        answer.StatusCode.ShouldBe(HttpStatusCode.Gone);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("code").GetString().ShouldBe("events_expired");
        return problem.GetProperty("oldest_sequence").GetInt64();
    }

    private async Task<long[]> SequencesAsync(string query)
    {
        using var answer = await GetAsync(query);
        var page = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return [.. page.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("sequence").GetInt64())];
    }

    private async Task<HttpResponseMessage> GetAsync(string rest, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events" + rest);
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        return await _store.Client("shop").SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private sealed record Happened(int Number);
}
