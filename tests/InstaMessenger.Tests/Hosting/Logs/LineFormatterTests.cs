using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using RabbitMQ.Client;

namespace InstaMessenger.Tests.Hosting.Logs;

public sealed class LineFormatterTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void A_JSON_line_carries_the_name_of_its_event_and_no_number()
    {
        var log = Json();

        Say(log, "msg_1", error: null);

        var line = JsonDocument.Parse(log.Written.Single()).RootElement;
        line.GetProperty("Event").GetString().ShouldBe("message.sent");
        line.GetProperty("Message").GetString().ShouldBe("msg_1 was tried, attempt 1");
        line.GetProperty("State").GetProperty("Attempt").GetInt32().ShouldBe(1);
        line.TryGetProperty("EventId", out _).ShouldBeFalse();
    }

    [Fact]
    public void What_is_away_is_one_line_at_first_and_then_one_a_minute()
    {
        foreach (var log in new[] { Json(), Text() })
        {
            for (var second = 0; second < 61; second++)
            {
                Say(log, second + 1, Refused());
                _clock.Advance(TimeSpan.FromSeconds(1));
            }

            log.Written.Count.ShouldBe(2);
            log.Written.ShouldAllBe(
                line => line.Count(letter => letter == '\n') == 1 && !line.Contains("   at ") && line.Contains("Connection refused"));
            log.Written[1].ShouldContain("59");
        }
    }

    [Fact]
    public void Another_thing_that_is_away_is_told_at_once()
    {
        var log = Text();

        Say(log, "msg_1", Refused());
        Say(log, "msg_2", Refused());

        log.Written.Count.ShouldBe(2);
    }

    /// <summary>A queue was declared while the broker stopped; the line was a stack trace, seen once in many outages.</summary>
    [Fact]
    public async Task What_the_client_of_the_broker_disposed_when_its_connection_broke_is_away()
    {
        var log = Json();
        var client = new ConnectionFactory { EndpointResolverFactory = _ => throw new ObjectDisposedException("a lock") };
        var ofClient = await Should.ThrowAsync<ObjectDisposedException>(() => client.CreateConnectionAsync());

        Say(log, "msg_1", ofClient);
        Say(log, "msg_2", Thrown(new ObjectDisposedException("a mistake of ours")));

        log.Written[0].ShouldNotContain("   at ");
        log.Written[1].ShouldContain("   at ");
    }

    [Fact]
    public void A_mistake_of_ours_keeps_its_stack_trace_each_time()
    {
        var log = Json();

        for (var attempt = 0; attempt < 3; attempt++) Say(log, attempt, Thrown(new InvalidOperationException("a mistake")));

        log.Written.Count.ShouldBe(3);
        log.Written.ShouldAllBe(line => line.Contains("   at "));
    }

    [Theory]
    [InlineData("\n00:00:00.000 ERROR store.broken: not true")]
    [InlineData("\r\n{\"LogLevel\":\"Error\"}")]
    [InlineData("\u2028\u0085\u001b[31mred")]
    public void No_text_of_somebody_else_begins_a_line(string hostile)
    {
        foreach (var log in new[] { Json(), Text() })
        {
            Say(log, "msg" + hostile, Thrown(new InvalidOperationException("a mistake" + hostile)));

            var lines = log.All.TrimEnd('\n').Split('\n');
            lines.Skip(1).ShouldAllBe(line => line.StartsWith("    ", StringComparison.Ordinal));
            lines.ShouldAllBe(line => !line.Any(char.IsControl));
        }
    }

    private static SocketException Refused()
    {
        try
        {
            throw new SocketException((int)SocketError.ConnectionRefused);
        }
        catch (SocketException error)
        {
            return error;
        }
    }

    private static Exception Thrown(Exception error)
    {
        try
        {
            throw error;
        }
        catch (Exception thrown)
        {
            return thrown;
        }
    }

    private static void Say(LogCapture log, int attempt, Exception error) => Say(log, "msg_1", error, attempt);

    private static void Say(LogCapture log, string id, Exception? error, int attempt = 1) => log.CreateLogger("a.category").Log(
        LogLevel.Warning,
        new EventId(7, "message.sent"),
        new List<KeyValuePair<string,
        object?>> { new("Id", id), new("Attempt", attempt), new("{OriginalFormat}", "{Id} was tried, attempt {Attempt}") },
        error,
        (_, _) => $"{id} was tried, attempt {attempt}");

    private LogCapture Json() => LogCapture.Json(_clock);

    private LogCapture Text() => LogCapture.Text(_clock);
}
