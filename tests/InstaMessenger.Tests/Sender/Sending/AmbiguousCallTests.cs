using System.Net;
using System.Net.Sockets;
using System.Text;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Sender.Data;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Sender.Sending;

/// <summary>On which side of the call a failure lies, against real sockets.</summary>
public sealed class AmbiguousCallTests : IAsyncLifetime
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private SenderHost _host = null!;

    private Uri Address => new($"http://{_listener.LocalEndpoint}");

    public async ValueTask InitializeAsync()
    {
        _listener.Start();
        // The listener is for sends alone, so no conversation is read.
        _host = await SenderHost.StartAsync(Address, ("Sender:ReadBackAfterSeconds", "86400"));
        await _host.LinkAsync();
        await AnswerTheCheckAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _listener.Dispose();
    }

    [Fact]
    public async Task A_refused_connection_is_certainly_no_send_and_is_tried_again()
    {
        _listener.Stop();
        await _host.SendAsync(_host.Text("1"));
        var first = await _host.OutcomeAsync();
        (first.Outcome, first.Error!.Code, first.Attempt).ShouldBe((SendOutcome.Later, "connection_failed", 1));
        first.Error.RetryAt.ShouldNotBeNull().ShouldBeInRange(first.At, first.At.AddSeconds(1));
        (await _host.OutcomeAsync(TimeSpan.FromMilliseconds(200))).Attempt.ShouldBe(2);
    }

    [Fact]
    public async Task A_connection_cut_after_the_request_is_unknown_until_the_echo_comes()
    {
        await _host.SendAsync(_host.Text("1"));
        using (var call = await AcceptAsync())
        {
            await ReadRequestAsync(call);
            call.Client.Close(0);
        }

        var unknown = await _host.OutcomeAsync();
        (unknown.Outcome, unknown.Error!.Code, unknown.Error.Retryable).ShouldBe((SendOutcome.Unknown, "answer_lost", false));
        (await _host.RowAsync("1")).Content.ShouldBe(new OutgoingText("hello"));

        _host.Clock.Advance(TimeSpan.FromHours(1));
        await _host.EchoAsync("1", "mid.1");
        var sent = await _host.OutcomeAsync();
        (sent.Outcome, sent.InstagramMessageId, sent.Attempt).ShouldBe((SendOutcome.Sent, InstagramMessageId.Parse("mid.1"), 1));
        (await _host.RowAsync("1")).Content.ShouldBeNull();
        _listener.Pending().ShouldBeFalse();
    }

    [Fact]
    public async Task No_answer_in_time_is_unknown()
    {
        await _host.SendAsync(_host.Text("1"));
        using var call = await AcceptAsync();
        await ReadRequestAsync(call);
        var unknown = await _host.OutcomeAsync(TimeSpan.FromSeconds(10));
        (unknown.Outcome, unknown.Error!.Code).ShouldBe((SendOutcome.Unknown, "answer_timeout"));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"message_id\":\"mid.1\"")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 307 Temporary Redirect\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("no HTTP at all\r\n\r\n")]
    public async Task An_answer_that_says_nothing_certain_is_unknown_and_nothing_is_called_again(string answer)
    {
        await _host.SendAsync(_host.Text("1"));
        using (var call = await AcceptAsync())
        {
            await ReadRequestAsync(call);
            await call.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
        }

        (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Unknown);
        _listener.Pending().ShouldBeFalse();
    }

    /// <summary>The status said it: nothing behind it can make a refusal doubtful.</summary>
    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 500\r\n\r\n{\"error\":{\"code\":551,\"mess", "recipient_unavailable")]
    [InlineData("HTTP/1.1 403 Forbidden\r\nContent-Length: 500\r\n\r\n", "meta_error")]
    [InlineData("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n", "meta_error")]
    public async Task A_refusal_whose_body_is_cut_is_a_refusal(string answer, string code)
    {
        await _host.SendAsync(_host.Text("1"));
        using (var call = await AcceptAsync())
        {
            await ReadRequestAsync(call);
            await call.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
        }

        var refused = await _host.OutcomeAsync();
        (refused.Outcome, refused.Error!.Code).ShouldBe((SendOutcome.Rejected, code));
    }

    [Fact]
    public async Task A_kept_connection_that_dies_under_the_next_request_does_not_send_it_twice()
    {
        await _host.SendAsync(_host.Text("1"));
        using var call = await AcceptAsync();
        await ReadRequestAsync(call);
        const string Body = """{"message_id":"mid.1"}""";
        await call.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"));
        (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Sent);

        await _host.SendAsync(_host.Text("2"));
        await ReadRequestAsync(call);
        call.Client.Close(0);
        (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Unknown);
        _listener.Pending().ShouldBeFalse();
        (await _host.RowAsync("2")).State.ShouldBe(LedgerState.Unknown);
    }

    /// <summary>
    /// An account that was linked is looked at, which is no send: its two questions are answered here, and the next look is a day away, so
    /// every later call is a send.
    /// </summary>
    private async Task AnswerTheCheckAsync()
    {
        const string Body = """
            {"data":[{"id":"1","subscribed_fields":["messages","message_echoes","message_reactions","message_edit",
            "messaging_postbacks","messaging_referral","messaging_seen","messaging_handover","standby"]}]}
            """;
        foreach (var question in (string[])["/subscribed_apps", "/conversations"])
        {
            using var call = await AcceptAsync();
            (await ReadUntilAsync(call, "\r\n\r\n")).Split('\n')[0].ShouldContain(question);
            // Closed, so that no send comes over a connection that the test did not accept for it.
            await call.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"));
        }

        while (!await IsCheckedAsync()) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Patience.Token());
    }

    private async Task<bool> IsCheckedAsync()
    {
        await using var db = await _host.Services.GetRequiredService<IDbContextFactory<SenderDbContext>>().CreateDbContextAsync();
        return await db.Set<Checkup>().AnyAsync(row => row.CheckedAt != null);
    }

    private async Task<TcpClient> AcceptAsync() => await _listener.AcceptTcpClientAsync(Patience.Token());

    /// <summary>Reads until the body's last brace: then all of it has left the sender.</summary>
    private static Task<string> ReadRequestAsync(TcpClient call) => ReadUntilAsync(call, "}}");

    private static async Task<string> ReadUntilAsync(TcpClient call, string end)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            var count = await call.GetStream().ReadAsync(buffer, Patience.Token());
            if (count == 0) throw new EndOfStreamException();
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return text.ToString();
    }
}
