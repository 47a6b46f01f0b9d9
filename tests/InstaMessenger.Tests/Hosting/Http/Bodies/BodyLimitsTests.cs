using InstaMessenger.Hosting.Bus;
using InstaMessenger.Ingress;
using InstaMessenger.Standalone;
using InstaMessenger.Tests.Ingress;
using InstaMessenger.Tests.Shared;
using InstaMessenger.Tests.UiGateway;
using InstaMessenger.UiGateway;
using InstaMessenger.UiGateway.Proxy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Hosting.Http.Bodies;

/// <summary>
/// Strangers' unfinished bodies: 120 of 5 MiB that stopped early once took the process from 184 to 822 MiB, for as long as they liked.
/// </summary>
[BeginsEarly]
public sealed class BodyLimitsTests
{
    private const int KiB = 1024;
    private const int MiB = 1024 * KiB;
    private const string OneMiBPerAddress = "Bodies:MostBytesInFlight=2097152";

    [Theory]
    [InlineData("ingress")]
    [InlineData("gateway")]
    public async Task A_body_that_is_not_whole_by_the_deadline_is_answered_408_and_the_connection_closed(string door)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var service = await Door.OpenAsync(door, clock);
        using var stranger = await RawClient.ConnectAsync(service.Address);
        await stranger.BeginWebhookAsync(announced: 5 * MiB, sent: 10 * KiB);

        var answer = stranger.ReadToEndAsync();
        await EndsAsync(answer, () => clock.Advance(TimeSpan.FromSeconds(16)));

        (await answer).ShouldStartWith("HTTP/1.1 408");
    }

    [Theory]
    [InlineData("ingress")]
    [InlineData("gateway")]
    [InlineData("standalone")]
    public async Task Beyond_its_share_of_the_budget_an_address_is_answered_503_and_what_it_gave_up_is_free_again(string door)
    {
        await using var service = await Door.OpenAsync(door, clock: null, OneMiBPerAddress);
        var holding = await RawClient.ConnectAsync(service.Address, "127.0.0.2");
        await holding.BeginWebhookAsync(announced: 5 * MiB, sent: 900 * KiB);

        // The two are read beside each other: whichever comes second is too much.
        using var second = await RawClient.ConnectAsync(service.Address, "127.0.0.2");
        await second.BeginWebhookAsync(announced: 5 * MiB, sent: 900 * KiB);
        var answers = await Task.WhenAny(holding.ReadHeadAsync(), second.ReadHeadAsync()).WaitAsync(Patience.Long);
        var refused = await answers;
        refused.ShouldStartWith("HTTP/1.1 503");
        refused.ShouldContain("Retry-After: 5");

        using (var other = await RawClient.ConnectAsync(service.Address, "127.0.0.3")) (await UnsignedAsync(other))
            .ShouldStartWith("HTTP/1.1 401");
        holding.Dispose();
        second.Dispose();
        await UntilAsync(async () =>
        {
            using var again = await RawClient.ConnectAsync(service.Address, "127.0.0.2");
            return (await UnsignedAsync(again)).StartsWith("HTTP/1.1 401", StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task All_addresses_together_hold_no_more_than_the_budget()
    {
        await using var service = await Door.OpenAsync("ingress", clock: null, OneMiBPerAddress);
        var strangers = new List<RawClient>();
        for (var n = 2; n < 12; n++)
        {
            strangers.Add(await RawClient.ConnectAsync(service.Address, $"127.0.0.{n}"));
            await strangers[^1].BeginWebhookAsync(announced: 5 * MiB, sent: 500 * KiB);
        }

        // Four fit at most; the others are refused, although none has had its share. All are read beside each other, so that one may be
        // refused for what another gives up a moment later, and fewer stay.
        var answers = strangers.ConvertAll(stranger => stranger.ReadHeadAsync());
        for (var refused = 0; refused < 6; refused++)
        {
            var answer = await Task.WhenAny(answers).WaitAsync(Patience.Long);
            answers.Remove(answer);
            (await answer).ShouldStartWith("HTTP/1.1 503");
        }

        answers.Count(answer => answer.IsCompleted).ShouldBeLessThan(4);
        strangers.ForEach(stranger => stranger.Dispose());
    }

    [Fact]
    public async Task A_slow_upload_has_the_time_that_a_slow_line_needs_if_it_brings_a_credential()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var service = await Door.OpenAsync("gateway", clock);
        using var client = await RawClient.ConnectAsync(service.Address);
        await client.BeginUploadAsync(announced: MiB, sent: MiB / 2, credential: "a-key");
        var answer = client.ReadToEndAsync();

        // 15 s as everybody, and 32 s for one MiB. In steps, because the time counts from when the gateway begins to read.
        for (var second = 0; second < 45; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        await client.SendAsync(new string(' ', MiB / 2));

        (await answer.WaitAsync(Patience.Long)).ShouldStartWith("HTTP/1.1 401", Case.Sensitive, "the service has read it to its end");
    }

    [Theory]
    [InlineData(null, 16)]
    [InlineData("a-key", 48)]
    public async Task An_upload_without_a_credential_is_cut_like_any_body_and_with_one_when_the_slowest_line_would_be_done(
        string? credential, int seconds)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var service = await Door.OpenAsync("gateway", clock);
        using var client = await RawClient.ConnectAsync(service.Address);
        await client.BeginUploadAsync(announced: MiB, sent: 10 * KiB, credential);

        var answer = client.ReadHeadAsync();
        await EndsAsync(answer, () => clock.Advance(TimeSpan.FromSeconds(seconds)));

        (await answer).ShouldStartWith("HTTP/1.1 408");
    }

    [Fact]
    public async Task What_of_an_upload_was_passed_on_is_not_held_and_does_not_count()
    {
        // The server itself reads up to one MiB ahead.
        await using var service = await Door.OpenAsync("gateway", clock: null, "Bodies:MostBytesInFlight=4194304");
        using var client = await RawClient.ConnectAsync(service.Address);
        await client.BeginUploadAsync(announced: 5 * MiB, sent: 0, credential: "a-key");
        for (var sent = 0; sent < 5 * MiB; sent += 64 * KiB) await client.SendAsync(new string(' ', 64 * KiB));

        (await client.ReadToEndAsync().WaitAsync(Patience.Long)).ShouldStartWith("HTTP/1.1 401");
    }

    [Theory]
    [InlineData("standalone")]
    [InlineData("refusing gateway")]
    public async Task Who_makes_a_credential_up_to_have_the_time_of_an_upload_is_refused_by_the_head_of_the_request(string door)
    {
        await using var service = await Door.OpenAsync(door, clock: null);
        using var stranger = await RawClient.ConnectAsync(service.Address);
        await stranger.BeginUploadAsync(announced: 20 * MiB, sent: 10 * KiB, credential: "made-up");

        (await stranger.ReadHeadAsync().WaitAsync(Patience.Long)).ShouldStartWith("HTTP/1.1 401");
    }

    private static async Task<string> UnsignedAsync(RawClient client)
    {
        await client.SendAsync("POST /webhooks/instagram HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: "
            + "close\r\nContent-Length: 307200\r\n\r\n");
        await client.SendAsync(new string(' ', 200_000));
        await client.SendAsync(new string(' ', 107_200));
        return await client.ReadToEndAsync();
    }

    private static async Task EndsAsync(Task task, Action advance)
    {
        await UntilAsync(() =>
        {
            advance();
            return Task.FromResult(task.IsCompleted);
        });
    }

    private static async Task UntilAsync(Func<Task<bool>> isSoAsync)
    {
        using var limit = new CancellationTokenSource(Patience.Long);
        while (!await isSoAsync()) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
    }

    /// <summary>One of the processes that strangers can reach.</summary>
    private sealed class Door(TemporaryFolder folder, ServiceUnderTest service, Upstream? upstream) : IAsyncDisposable
    {
        public Uri Address => service.Http.BaseAddress!;

        public static async Task<Door> OpenAsync(string door, TimeProvider? clock, params string[] settings)
        {
            var folder = new TemporaryFolder();
            settings = [.. settings, .. IngressHost.OneApp];
            if (door == "standalone") return new Door(
                folder, await ServiceUnderTest.StartAsync(StandaloneHost.Build(ServiceUnderTest.Arguments(folder.Path, settings))), null);

            var upstream = door switch
            {
                "gateway" => await DrainAsync(),
                "refusing gateway" => await RefuseAsync(),
                _ => null,
            };
            var service = await ServiceUnderTest.StartAsync(
                folder.Path,
                builder =>
                {
                    Add(builder, upstream is null);
                    if (clock is not null) builder.Services.AddSingleton(clock);
                },
                app => Map(app, upstream is null),
                [.. settings, .. upstream?.Settings ?? []]);
            return new Door(folder, service, upstream);
        }

        public async ValueTask DisposeAsync()
        {
            await service.DisposeAsync();
            if (upstream is not null) await upstream.DisposeAsync();
            folder.Dispose();
        }

        private static Task<Upstream> RefuseAsync() => Upstream.StartAsync((context, _) =>
        {
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        });

        private static Task<Upstream> DrainAsync() => Upstream.StartAsync(async (context, _) =>
        {
            await context.Request.Body.DrainAsync(context.RequestAborted);
            context.Response.StatusCode = 401;
        });

        private static void Add(WebApplicationBuilder builder, bool isIngress)
        {
            if (isIngress)
            {
                builder.AddIngress();
                builder.Services.AddSingleton<IBusPublisher>(new RecordedBus());
                return;
            }

            builder.AddUiGateway();
            builder.AddProxy();
        }

        private static void Map(WebApplication app, bool isIngress)
        {
            if (isIngress)
            {
                app.MapIngress();
                return;
            }

            app.MapUiGateway();
            app.MapProxy();
        }
    }
}
