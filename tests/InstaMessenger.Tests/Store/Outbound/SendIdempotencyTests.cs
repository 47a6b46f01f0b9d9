using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Outbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store.Outbound;

/// <summary>A key stands for one request of one caller, whatever happens to either.</summary>
public sealed class SendIdempotencyTests : SendTests
{
    [Fact]
    public async Task The_same_request_again_gets_the_first_answer_and_sends_nothing()
    {
        Sender.Report = FakeSender.Script.Send;
        var first = await SendAsync("""{TO,"message":"hi"}""", key: "k1");

        var again = await SendAsync("""{ "message":"hi", "idempotency_key":"ignored", TO }""", key: "k1");

        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        again.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        (await again.Content.ReadAsByteArrayAsync()).ShouldBe(await first.Content.ReadAsByteArrayAsync());
        first.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
        (await MessagesAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_pending_first_answer_is_replayed_as_it_was()
    {
        var first = await SendAsync("""{TO,"message":"hi","idempotency_key":"k1"}""", prefer: "wait=0");
        var again = await SendAsync("""{TO,"message":"hi","idempotency_key":"k1"}""");

        again.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_key_is_the_callers_own_and_for_one_request()
    {
        await SendAsync("""{TO,"message":"hi"}""", key: "k1", prefer: "wait=0");

        var reused = await SendAsync("""{TO,"message":"ho"}""", key: "k1");
        reused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Json(reused)).GetProperty("code").GetString().ShouldBe("idempotency_key_reused");

        (await SendAsync("""{TO,"message":"ho"}""", key: "k1", prefer: "wait=0", client: Store.Client("agent")))
            .StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await MessagesAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task After_24_hours_a_key_is_free_again_and_swept()
    {
        await SendAsync("""{TO,"message":"hi"}""", key: "k1", prefer: "wait=0");
        await SendAsync("""{TO,"message":"hi"}""", key: "k2", prefer: "wait=0");
        Clock.Advance(TimeSpan.FromHours(24));

        (await SendAsync("""{TO,"message":"ho"}""", key: "k1", prefer: "wait=0")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await Store.Services.GetRequiredService<IdempotencySweep>().RoundAsync(CancellationToken.None);

        await using var db = Store.Read();
        (await db.Set<IdempotencyRecord>().Select(row => row.Key).ToListAsync()).ShouldBe([IdempotencyKey.Parse("k1")]);
    }

    [Fact]
    public async Task While_the_first_waits_a_repeat_is_409_and_once_its_process_must_be_dead_the_present_state_is_the_answer()
    {
        // The unit alone, without the request that would store its answer: what a kill -9 leaves.
        var accept = Store.Services.GetRequiredService<AcceptSend>();
        var request = SendRequest.Read(JsonElement.Parse(Body("""{TO,"message":"hi"}""")), false, out _)!;
        var id = MessageId.New(Clock);
        await accept.AcceptAsync(
            new SendWish(request, [id], Author.Undeclared, Origin.Api, "key_crm", IdempotencyKey.Parse("k1"), TimeSpan.FromSeconds(5)),
            CancellationToken.None);

        var early = await SendAsync("""{TO,"message":"hi"}""", key: "k1");
        early.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await Json(early)).GetProperty("code").GetString().ShouldBe("idempotency_in_progress");
        early.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(10));

        await ReportAsync(Reports.Sent(id, Account.Id, "m1"));
        Clock.Advance(TimeSpan.FromSeconds(10));
        var late = await SendAsync("""{TO,"message":"hi"}""", key: "k1");
        late.StatusCode.ShouldBe(HttpStatusCode.OK);
        late.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        (await Json(late)).GetProperty("instagram_message_id").GetString().ShouldBe("m1");
        (await MessagesAsync()).ShouldBe(1);
        (await (await SendAsync("""{TO,"message":"hi"}""", key: "k1")).Content.ReadAsStringAsync())
            .ShouldBe(await late.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Sixty_four_at_once_with_one_key_have_one_effect()
    {
        Sender.Report = FakeSender.Script.Send;

        var responses = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => SendAsync("""{TO,"message":"hi"}""", key: "k1")));

        responses.ShouldAllBe(response => response.StatusCode == HttpStatusCode.OK || response.StatusCode == HttpStatusCode.Conflict);
        responses.Count(response => response.IsSuccessStatusCode && !response.Headers.Contains("Idempotent-Replayed")).ShouldBe(1);
        (await MessagesAsync()).ShouldBe(1);
        Sender.Commands.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_client_that_goes_while_it_waits_has_sent_and_its_repeat_finds_the_answer()
    {
        using var gone = new CancellationTokenSource();
        var sending = SendAsync("""{TO,"message":"hi"}""", key: "k1", cancellationToken: gone.Token);
        await Until(() => !Sender.Commands.IsEmpty);
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(sending);

        HttpResponseMessage again = null!;
        await Until(async () => (again = await SendAsync("""{TO,"message":"hi"}""", key: "k1")).StatusCode != HttpStatusCode.Conflict);
        again.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await MessagesAsync()).ShouldBe(1);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("ключ")]
    [InlineData("LONG")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        var response = await SendAsync(
            $$"""{TO,"message":"hi","idempotency_key":"{{(key == "LONG" ? new string('k', 256) : key == " " ? "" : key)}}"}""");

        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Json(response)).GetProperty("errors").TryGetProperty("idempotency_key", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Two_keys_are_refused_because_the_next_attempt_may_give_one()
    {
        var body = Body("""{TO,"message":"hi"}""");
        using var client = new TcpClient();
        await client.ConnectAsync(Store.Address.Host, Store.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        // .NET's own client would join them.
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"POST /api/v1/messages/send HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + $"{Crm.DefaultRequestHeaders}Idempotency-Key: k1\r\nIdempotency-Key: k2\r\nContent-Type: application/json\r\n"
                + $"Content-Length: {body.Length}\r\n\r\n{body}"),
            TestContext.Current.CancellationToken);

        var answer = await new StreamReader(stream).ReadToEndAsync(TestContext.Current.CancellationToken);

        answer.ShouldStartWith("HTTP/1.1 422");
        answer.ShouldContain("\"idempotency_key\"");
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_told_how_large_it_may_be()
    {
        var answer = await SendAsync($$"""{TO,"message":"{{new string('a', 65_536)}}","split":true}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await Json(answer)).GetProperty("detail").GetString().ShouldBe("At most 64 KiB are taken here.");
    }
}
