using System.Net.Sockets;
using System.Text;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;

namespace InstaMessenger.Tests.CrmForwarder.Deliveries;

/// <summary>
/// What CRMs do to a request, on real sockets. Each case ends in a record, within 15 seconds of the clock in all, and holds up nobody else.
/// </summary>
public sealed class AnswerMatrixTests : IAsyncLifetime
{
    private const string Ok = "HTTP/1.1 200 OK\r\n";
    private const string Broken = "HTTP/1.1 500 Oh\r\n";

    private static readonly AccountId Account = AccountId.Parse("acc_1");
    private static readonly AccountId OtherAccount = AccountId.Parse("acc_2");

    private readonly string _directory = Directory.CreateTempSubdirectory("crm-forwarder-").FullName;
    private TinyCrm _other = null!;
    private ForwarderHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _other = await TinyCrm.StartAsync();
        _host = await ForwarderHost.StartAsync(_directory);
    }

    public async ValueTask DisposeAsync()
    {
        await _other.DisposeAsync();
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    public static TheoryData<string, int?> Failures => new()
    {
        { "301", 301 },
        { "302", 302 },
        { "303", 303 },
        { "307", 307 },
        { "308", 308 },
        { "304", 304 },
        { "401", 401 },
        { "500, endless body", 500 },
        { "500, reset in the body", 500 },
        { "closed without an answer", null },
        { "reset without an answer", null },
        { "reset in the headers", null },
        { "no HTTP", null },
        { "headers without end", null },
        { "HTTP/0.9", null },
        { "early hints for ever", null },
        { "continue for ever", null },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failure_is_recorded_and_tried_again(string how, int? status)
    {
        await using var crm = RawCrm.Start(How(how));
        await PostAsync(crm.Url);
        await _host.LoggedAsync("delivery.failed");
        (await _host.OnlyDeliveryAsync()).ShouldSatisfyAllConditions(
            row => row.State.ShouldBe(DeliveryState.Pending),
            row => row.LastStatus.ShouldBe(status),
            row => row.LastError.ShouldNotBeNull(),
            row => row.Failures.ShouldBe(1));
        crm.Connections.ShouldBe(1);
        await OthersGoOnAsync();
    }

    [Theory]
    [InlineData("200, nothing else")]
    [InlineData("200, slow body")]
    [InlineData("200, endless body")]
    [InlineData("200, reset in the body")]
    [InlineData("200 after early hints")]
    [InlineData("299")]
    public async Task The_headers_of_a_success_are_enough(string how)
    {
        await using var crm = RawCrm.Start(How(how));
        await PostAsync(crm.Url);
        await _host.LoggedAsync("delivery.delivered");
        (await _host.OnlyDeliveryAsync())
            .ShouldSatisfyAllConditions(row => row.State.ShouldBe(DeliveryState.Delivered), row => row.Attempts.ShouldBe(1));
        await OthersGoOnAsync();
    }

    [Theory]
    [InlineData("429, Retry-After 7", 429, 7)]
    [InlineData("503, Retry-After in a year", 503, 24 * 3600)]
    [InlineData("503, Retry-After in the past", 503, 4)]
    [InlineData("503, Retry-After nonsense", 503, 4)]
    public async Task What_it_asks_to_wait_for_lengthens_the_schedule_up_to_a_day(string how, int status, int seconds)
    {
        await using var crm = RawCrm.Start(How(how));
        await PostAsync(crm.Url);
        await _host.LoggedAsync("delivery.failed");
        var row = await _host.OnlyDeliveryAsync();
        row.LastStatus.ShouldBe(status);
        // 5 s ± 20 % without it.
        (row.DueAt - _host.Clock.GetUtcNow()).TotalSeconds.ShouldBeInRange(seconds - 0.01, Math.Max(6.01, seconds + 0.01));
        await OthersGoOnAsync();
    }

    [Fact]
    public async Task One_that_is_gone_is_not_posted_to_again_and_holds_up_nobody()
    {
        await using var crm = RawCrm.Start(How("410"));
        await PostAsync(crm.Url);
        await _host.LoggedAsync("endpoint.disabled");
        await _host.PublishAsync(_host.Event(Account));
        await OthersGoOnAsync();
        _host.Clock.Advance(TimeSpan.FromHours(1));
        await OthersGoOnAsync();
        crm.Connections.ShouldBe(1);
        (await _host.ReadAsync(db => Task.FromResult(db.Endpoints.Single(row => row.Id == "whe_1").State)))
            .ShouldBe(EndpointState.Disabled);
    }

    [Theory]
    [InlineData("nobody trusts it")]
    [InlineData("it is over")]
    [InlineData("of another host")]
    public async Task A_certificate_that_proves_nothing_is_a_failure_and_gets_no_event(string certificate)
    {
        await using var crm = RawTls.Start(certificate);
        await PostAsync(crm.Url);
        await _host.LoggedAsync("delivery.failed");
        (await _host.OnlyDeliveryAsync()).ShouldSatisfyAllConditions(
            row => row.State.ShouldBe(DeliveryState.Pending),
            row => row.LastStatus.ShouldBeNull(),
            row => row.LastError.ShouldBe("secure_connection_error"));
        crm.Read.ShouldBe(0);
        await OthersGoOnAsync();
    }

    [Theory]
    [InlineData("silence")]
    [InlineData("half a status line")]
    [InlineData("headers one by one")]
    public async Task The_fifteen_seconds_are_for_all_of_the_answer_however_much_of_it_comes(string how)
    {
        await using var crm = RawCrm.Start(How(how));
        await PostAsync(crm.Url);
        await ConnectedAsync(crm);
        _host.Clock.Advance(TimeSpan.FromSeconds(14));
        await OthersGoOnAsync();
        (await _host.ReadAsync(db => Task.FromResult(db.Attempts.Count(row => row.Status == null)))).ShouldBe(0);
        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        await _host.LoggedAsync("delivery.failed");
        (await _host.ReadAsync(db => Task.FromResult(db.Deliveries.Single(row => row.AccountId == Account)))).LastError.ShouldBe("timeout");
    }

    [Fact]
    public async Task A_crm_that_never_reads_what_it_is_sent_has_fifteen_seconds_too()
    {
        await using var crm = RawCrm.Start(RawCrm.SaysAndWaits(""), reads: false);
        await _host.LinkAsync(Account, crm.Url);
        var inboxEvent = _host.Event(Account);
        await _host.PublishAsync(inboxEvent with { Body = Encoding.UTF8.GetBytes(new string('x', 16 * 1024 * 1024)) });
        await ConnectedAsync(crm);
        _host.Clock.Advance(TimeSpan.FromSeconds(15));
        await _host.LoggedAsync("delivery.failed");
        (await _host.OnlyDeliveryAsync()).LastError.ShouldBe("timeout");
    }

    private static Func<Socket, CancellationToken, Task> How(string how) => how switch
    {
        "429, Retry-After 7" => RawCrm.Says("HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"),
        "503, Retry-After in a year" => RawCrm.Says("HTTP/1.1 503 No\r\nRetry-After: 31536000\r\nContent-Length: 0\r\n\r\n"),
        "503, Retry-After in the past" =>
            RawCrm.Says("HTTP/1.1 503 No\r\nRetry-After: Sun, 01 Feb 2026 12:00:00 GMT\r\nContent-Length: 0\r\n\r\n"),
        "503, Retry-After nonsense" => RawCrm.Says("HTTP/1.1 503 No\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n"),
        "304" or "401" or "299" or "410" => RawCrm.Says($"HTTP/1.1 {how} Word\r\nContent-Length: 0\r\n\r\n"),
        "500, endless body" => RawCrm.SaysForEver(Broken + "Transfer-Encoding: chunked\r\n\r\n", "4\r\nevil\r\n"),
        "500, reset in the body" => RawCrm.SaysAndResets(Broken + "Content-Length: 100\r\n\r\nhalf"),
        "closed without an answer" => RawCrm.Says(),
        "reset without an answer" => RawCrm.SaysAndResets(""),
        "reset in the headers" => RawCrm.SaysAndResets(Ok + "X-Half:"),
        "no HTTP" => RawCrm.Says("SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        "HTTP/0.9" => RawCrm.Says("<html>fine</html>"),
        "headers without end" => RawCrm.SaysForEver(Ok, "X-More: and more\r\n"),
        "200, nothing else" => RawCrm.Says(Ok + "\r\n"),
        "200, slow body" => RawCrm.SaysAndWaits(Ok + "Content-Length: 100\r\n\r\nh"),
        "200, endless body" => RawCrm.SaysForEver(Ok + "\r\n", "more and more "),
        "200, reset in the body" => RawCrm.SaysAndResets(Ok + "Content-Length: 100\r\n\r\nhalf"),
        "200 after early hints" => RawCrm.Says("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", Ok + "Content-Length: 0\r\n\r\n"),
        "silence" => RawCrm.SaysAndWaits(""),
        "half a status line" => RawCrm.SaysAndWaits("HTTP/1.1 2"),
        "headers one by one" => RawCrm.SaysAndWaits(Ok + "X-One: 1\r\nX-Two: 2\r\n"),
        "early hints for ever" => RawCrm.SaysForEver("", "HTTP/1.1 103 Early Hints\r\n\r\n"),
        "continue for ever" => RawCrm.SaysForEver("", "HTTP/1.1 100 Continue\r\n\r\n"),
        _ => RawCrm.Says($"HTTP/1.1 {how} Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
    };

    private async Task PostAsync(string url)
    {
        await _host.LinkAsync(Account, url);
        await _host.PublishAsync(_host.Event(Account));
    }

    private async Task OthersGoOnAsync()
    {
        await _host.LinkAsync(OtherAccount, _other.Url("/"));
        await _host.PublishAsync(_host.Event(OtherAccount));
        await _other.NextAsync();
    }

    private static async Task ConnectedAsync(RawCrm crm)
    {
        while (crm.Connections == 0) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
    }
}
