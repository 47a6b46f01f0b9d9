using System.Net;
using System.Net.Sockets;
using System.Text;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Sender.Data;
using InstaMessenger.Tests.Shared;

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

    private async Task<TcpClient> AcceptAsync() => await _listener.AcceptTcpClientAsync(Patience.Token());

    /// <summary>Reads until the body's last brace: then all of it has left the sender.</summary>
    private static async Task ReadRequestAsync(TcpClient call)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().EndsWith("}}", StringComparison.Ordinal))
        {
            var count = await call.GetStream().ReadAsync(buffer, Patience.Token());
            if (count == 0) throw new EndOfStreamException();
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
    }
}
