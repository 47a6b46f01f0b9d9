using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Data;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Tests.Sender.Sends;

public sealed class SendsEndpointTests : IAsyncLifetime
{
    private FakeGraph _graph = null!;
    private SenderHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _graph = await FakeGraph.StartAsync();
        _host = await SenderHost.StartAsync(_graph.Address);
        await _host.LinkAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _graph.DisposeAsync();
    }

    [Fact]
    public async Task The_ledger_is_listed_newest_first_in_pages_without_what_was_written()
    {
        var expected = _graph.Answer;
        _graph.Answer = FakeGraph.Error(500, 1);
        await _host.SendAsync(_host.Text("1", "secret words", to: InstagramUserId.Parse("43")));
        await _host.OutcomeAsync();
        _graph.Answer = expected;
        await _host.SendAsync(_host.Text("2", "secret words"), _host.Text("3", "secret words"));
        await _host.OutcomeAsync();
        await _host.OutcomeAsync();

        var text = await _host.Http.GetStringAsync("/api/v1/sends?limit=2");
        text.ShouldNotContain("secret");
        Ids(text).ShouldBe(["msg_3", "msg_2"]);
        var cursor = JsonDocument.Parse(text).RootElement.GetProperty("next_cursor").GetString();
        Ids(await _host.Http.GetStringAsync($"/api/v1/sends?limit=2&cursor={cursor}")).ShouldBe(["msg_1"]);
        Ids(await _host.Http.GetStringAsync("/api/v1/sends?state=unknown&account_id=acc_1")).ShouldBe(["msg_1"]);
        (await _host.Http.GetAsync("/api/v1/sends?state=lost")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Another_tenant_sees_and_settles_nothing()
    {
        await UnknownAsync();
        _host.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "stranger");
        Ids(await _host.Http.GetStringAsync("/api/v1/sends")).ShouldBeEmpty();
        (await _host.Http.GetAsync("/api/v1/sends?account_id=acc_1")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await SettleAsync("failed")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _host.RowAsync("1")).State.ShouldBe(LedgerState.Unknown);

        _host.Http.DefaultRequestHeaders.Authorization = null;
        (await _host.Http.GetAsync("/api/v1/sends")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_unknown_send_can_be_given_up()
    {
        await UnknownAsync();
        (await SettleAsync("failed")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var report = await _host.OutcomeAsync();
        (report.Outcome, report.Error!.Code).ShouldBe((SendOutcome.Rejected, "given_up"));
        (await _host.RowAsync("1")).Content.ShouldBeNull();

        var again = await SettleAsync("resend");
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("not_unknown");
    }

    [Fact]
    public async Task An_unknown_send_can_be_sent_again()
    {
        await UnknownAsync();
        (await SettleAsync("resend")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var told = await _host.Actions.Reader.ReadAsync(Patience.Token());
        (told.Action, told.Target).ShouldBe(("send.settled", "msg_1"));
        (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Later);
        var sent = await _host.OutcomeAsync();
        (sent.Outcome, sent.Attempt, sent.InstagramMessageId).ShouldBe((SendOutcome.Sent, 2, InstagramMessageId.Parse("mid.2")));
    }

    [Fact]
    public async Task An_echo_after_giving_up_is_the_truth()
    {
        await UnknownAsync();
        await SettleAsync("failed");
        await _host.OutcomeAsync();
        await _host.EchoAsync("1", "mid.1");
        (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Sent);
    }

    [Theory]
    [InlineData("""{"outcome":"maybe"}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{}""", HttpStatusCode.UnprocessableEntity)]
    public async Task A_decision_that_is_none_is_refused(string body, HttpStatusCode status)
    {
        await UnknownAsync();
        using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        (await _host.Http.PostAsync("/api/v1/sends/msg_1/settle", content)).StatusCode.ShouldBe(status);
    }

    private static List<string?> Ids(string page) =>
        [.. JsonDocument.Parse(page).RootElement.GetProperty("data").EnumerateArray().Select(
            send => send.GetProperty("message_id").GetString())];

    private Task<HttpResponseMessage> SettleAsync(string outcome) =>
        _host.Http.PostAsJsonAsync("/api/v1/sends/msg_1/settle", new { outcome });

    private async Task UnknownAsync()
    {
        var success = _graph.Answer;
        _graph.Answer = FakeGraph.Error(500, 1);
        await _host.SendAsync(_host.Text("1"));
        (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Unknown);
        _graph.Answer = success;
    }
}
