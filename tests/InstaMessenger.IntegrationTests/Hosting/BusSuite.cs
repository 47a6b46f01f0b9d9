using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Hosting.Probe;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Tests.Shared;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace InstaMessenger.IntegrationTests.Hosting;

/// <summary>What outbox, relay and bus promise together, on every database and bus.</summary>
public abstract class BusSuite(SharedServers servers, DatabaseKind database, BusKind bus) : ProbeSuite(servers, database, bus)
{
    private const int SqliteBusy = 5;

    /// <summary>
    /// What one bad item may cost beside its own: four transactions when the handler names it, some fourteen when it must be looked for,
    /// and its trials alone.
    /// </summary>
    private const int TransactionsPerBadItem = 20;

    [Fact]
    public async Task A_message_reaches_its_handler_once_its_unit_is_committed()
    {
        var host = await StartAsync();

        await host.PublishAsync(1, 1);

        await host.Handled.UntilHandledAsync(ProbeQueues.Single, 1);
        await UntilOutboxIsEmptyAsync(host);
    }

    [Fact]
    public async Task A_message_of_a_unit_that_failed_is_never_published()
    {
        var host = await StartAsync();

        await Should.ThrowAsync<InvalidOperationException>(() => host.UnitOfWork.ExecuteAsync(async scope =>
        {
            scope.Publish(ProbeQueues.ForOne(1));
            await scope.Db.SaveChangesAsync();
            throw new InvalidOperationException("the unit's own fault");
        }));
        await host.PublishAsync(2, 1);

        await host.Handled.UntilHandledAsync(ProbeQueues.Single, 1);
        host.Handled.NumbersOf(ProbeQueues.Single).ShouldBe([2]);
    }

    [Fact]
    public async Task Messages_are_handled_in_the_order_of_their_commits()
    {
        var host = await StartAsync();

        for (var first = 0; first < 2_100; first += 70) await host.PublishAsync(first, 70);

        await host.Handled.UntilHandledAsync(ProbeQueues.Single, 2_100);
        host.Handled.NumbersOf(ProbeQueues.Single).ShouldBe(Enumerable.Range(0, 2_100).Select(number => (long)number));
    }

    [Fact]
    public async Task The_trace_goes_on_from_the_publisher_to_the_handler()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "InstaMessenger" or "MassTransit" or "probe",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("probe");
        var handled = new HandledLog();
        var inHandler = new TaskCompletionSource<string?>();
        handled.Before = (_, _) => inHandler.TrySetResult(Activity.Current?.TraceId.ToString());
        var host = await StartAsync(handled: handled);

        using var publishing = source.StartActivity("publishing")!;
        await host.PublishAsync(1, 1);
        await handled.UntilHandledAsync(ProbeQueues.Single, 1);

        handled.Items[0].TraceParent.ShouldBe(publishing.Id);
        (await inHandler.Task).ShouldBe(publishing.TraceId.ToString());
    }

    [Fact]
    public async Task Two_subscribers_each_get_every_message()
    {
        var host = await StartAsync();

        await host.UnitOfWork.ExecuteAsync(scope =>
        {
            foreach (var number in Enumerable.Range(1, 150)) scope.Publish(ProbeQueues.ForTwo(number));
            return Task.CompletedTask;
        });

        await host.Handled.UntilHandledAsync(ProbeQueues.FirstOfTwo, 150);
        await host.Handled.UntilHandledAsync(ProbeQueues.SecondOfTwo, 150);
    }

    [Fact]
    public async Task Ids_of_messages_grow_across_an_empty_outbox_and_a_restart()
    {
        var ids = new List<long>();
        for (var start = 0; start < 3; start++)
        {
            var host = await StartAsync();
            for (var round = 0; round < 2; round++)
            {
                var first = (start * 10) + (round * 5);
                await host.PublishAsync(first, 3);
                await host.Handled.UntilAsync(log => log.NumbersOf(ProbeQueues.Single).Contains(first + 2), $"item {first + 2}");
                await UntilOutboxIsEmptyAsync(host);
            }

            ids.AddRange(host.Handled.Items.Select(item => long.Parse(item.ItemId.Split('-')[^1], CultureInfo.InvariantCulture)));
            await EndAsync(host);
        }

        // A bundle whose acknowledgement the broker did not get before the end comes again after it, under the ids that it had.
        var distinct = ids.Distinct().ToList();
        distinct.Count.ShouldBe(18);
        distinct.ShouldBe(distinct.Order());
    }

    [Fact]
    public async Task Poison_is_set_aside_alone_and_replayed_once_its_handler_is_mended()
    {
        const int Count = 3_000;
        const int Rounds = 3;
        var handled = new HandledLog();
        var host = await StartAsync(handled: handled);
        await TimeOfAsync(host, 0, Count);
        var (clean, poisoned, next) = (TimeSpan.Zero, TimeSpan.Zero, Count);
        var (cleanTransactions, poisonedTransactions) = (0, 0);
        // In turn, because a round takes half a second and whatever else the machine does is as long.
        for (var round = 0; round < Rounds; round++, next += 2 * Count)
        {
            handled.Before = (_, _) => { };
            var before = handled.Transactions;
            clean += await TimeOfAsync(host, next, Count);
            cleanTransactions += handled.Transactions - before;
            handled.Before = (_, number) =>
            {
                if (number % 1_000 == 500) throw new FormatException("a customer's text");
            };
            before = handled.Transactions;
            poisoned += await TimeOfAsync(host, next + Count, Count, unhandled: 3);
            poisonedTransactions += handled.Transactions - before;
        }

        var letters = await host.DeadLettersAsync();
        letters.Count.ShouldBe(3 * Rounds);
        letters.ShouldAllBe(letter => letter.Queue == ProbeQueues.Single
            && letter.Error.StartsWith("System.FormatException at ") && !letter.Error.Contains("customer"));
        TestContext.Current.SendDiagnosticMessage($"R9 {GetType().Name}: clean {Rounds * Count / clean.TotalSeconds:N0}/s, 1 in 1,000 "
            + $"poisoned {Rounds * Count / poisoned.TotalSeconds:N0}/s, ratio {clean / poisoned:P0}; {cleanTransactions} and "
            + $"{poisonedTransactions} transactions");
        // Not the ratio: whatever else the machine does would be part of it. A commit of 100 rows is one bundle, or two around the largest
        // size.
        poisonedTransactions.ShouldBeLessThanOrEqualTo(Rounds * ((Count / 50) + (3 * TransactionsPerBadItem)));

        handled.Before = (_, _) => { };
        var subscription = host.Services.GetServices<BusSubscription>().Single(candidate => candidate.Queue == ProbeQueues.Single);
        foreach (var letter in letters)
            (await subscription.ReplayAsync(host.Services, letter.Id, audit: null, CancellationToken.None)).ShouldBeTrue();

        (await host.DeadLettersAsync()).ShouldBeEmpty();
        handled.NumbersOf(ProbeQueues.Single).Order().ShouldBe(Enumerable.Range(0, next).Select(number => (long)number));
    }

    [Fact]
    public async Task What_stands_beside_a_bad_item_is_handled_twice_at_most()
    {
        var handled = new HandledLog();
        var times = new ConcurrentDictionary<long, int>();
        handled.Before = (_, number) =>
        {
            times.AddOrUpdate(number, 1, (_, before) => before + 1);
            if (number == 30) throw new FormatException("bad");
        };
        var host = await StartAsync(handled: handled);

        await host.PublishAsync(0, 100);
        await handled.UntilHandledAsync(ProbeQueues.Single, 99);

        handled.NumbersOf(ProbeQueues.Single)
            .ShouldBe(Enumerable.Range(0, 100).Where(number => number != 30).Select(number => (long)number));
        times.Count.ShouldBe(100);
        times.Values.Max().ShouldBe(2);
    }

    [Fact]
    public async Task A_bad_item_that_cannot_be_split_is_set_aside_whole_and_holds_up_nobody()
    {
        var handled = new HandledLog
        {
            Before = (_, number) =>
            {
                if (number == 1) throw new FormatException("bad");
            },
            Splitting = _ => throw new NotSupportedException("nor has it parts"),
        };
        var host = await StartAsync(handled: handled);

        await host.PublishAsync(1, 3);
        await handled.UntilHandledAsync(ProbeQueues.Single, 2);

        handled.NumbersOf(ProbeQueues.Single).ShouldBe([2, 3]);
        (await host.DeadLettersAsync()).ShouldHaveSingleItem().Error.ShouldStartWith("System.FormatException at ");
    }

    [Fact]
    public async Task A_bundle_waits_while_the_database_is_away_and_is_no_dead_letter()
    {
        var handled = new HandledLog();
        var failures = 0;
        handled.Before = (_, _) =>
        {
            if (Interlocked.Increment(ref failures) <= 4) throw new SqliteException("a read of the handler's own met a lock", SqliteBusy);
        };
        var host = await StartAsync(handled: handled);

        await host.PublishAsync(1, 5);

        await handled.UntilHandledAsync(ProbeQueues.Single, 5);
        handled.NumbersOf(ProbeQueues.Single).ShouldBe([1, 2, 3, 4, 5]);
        (await host.DeadLettersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_buried_and_holds_up_nobody()
    {
        var host = await StartAsync();

        await host.UnitOfWork.ExecuteAsync(async scope =>
        {
            scope.Db.AddRange(Row("Gone", "{}"), Row("SendReported", "no json"), Row("SendReported", """{"attempt":7}"""));
            scope.Publish(ProbeQueues.ForOne(1));
            await scope.Db.SaveChangesAsync();
            // No time at all, which nobody needs: also the sound row has it, and is published.
            await scope.Db.Database.ExecuteSqlRawAsync("UPDATE outbox SET created_at = -9223372036854775808");
        });

        await host.Handled.UntilHandledAsync(ProbeQueues.Single, 1);
        (await host.DeadLettersAsync()).Select(letter => letter.MessageType).ShouldBe(["Gone", "SendReported", "SendReported"]);

        static OutboxMessage Row(string type, string body) =>
            new() { Type = type, Body = System.Text.Encoding.UTF8.GetBytes(body), CreatedAt = DateTimeOffset.UnixEpoch };
    }

    [Fact]
    public async Task A_stop_in_the_middle_loses_nothing()
    {
        var handled = new HandledLog();
        var host = await StartAsync(handled: handled);
        for (var first = 0; first < 3_000; first += 100) await host.PublishAsync(first, 100);
        await handled.UntilAsync(log => log.Items.Count > 50, "a beginning");

        await EndAsync(host);
        await StartAsync(handled: handled);

        await handled.UntilHandledAsync(ProbeQueues.Single, 3_000);
        var numbers = handled.NumbersOf(ProbeQueues.Single);
        TestContext.Current.SendDiagnosticMessage(
            $"stop in the middle, {GetType().Name}: {numbers.Count - numbers.Distinct().Count()} of 3,000 handled twice");
        // Only the bundle whose acknowledgement the stop cut off.
        (numbers.Count - numbers.Distinct().Count()).ShouldBeLessThanOrEqualTo(128);
    }

    /// <summary>
    /// Its bus went on behind the stop, had the queue to itself, and failed each bundle until the broker gave it up: no process got it.
    /// </summary>
    [Fact]
    public async Task A_process_that_stops_while_it_starts_leaves_the_queue_to_the_next()
    {
        var first = await StartAsync();
        await EndAsync(first);
        var next = await StartAsync();

        await next.PublishAsync(1, 5);

        await next.Handled.UntilHandledAsync(ProbeQueues.Single, 5);
    }

    /// <summary>Publishes and waits until all but the poison is handled.</summary>
    private static async Task<TimeSpan> TimeOfAsync(ProbeHost host, int first, int count, int unhandled = 0)
    {
        var before = host.Handled.Items.Count;
        var clock = Stopwatch.StartNew();
        for (var at = 0; at < count; at += 100) await host.PublishAsync(first + at, 100);
        await host.Handled.UntilAsync(log => log.Items.Count >= before + count - unhandled, $"{count - unhandled} more");
        return clock.Elapsed;
    }

    internal static async Task UntilOutboxIsEmptyAsync(ProbeHost host)
    {
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            await using var db = host.Read();
            if (!await db.Set<OutboxMessage>().AnyAsync()) return;
            deadline.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}

public sealed class InProcessOnSqliteBusTests(SharedServers servers) : BusSuite(servers, DatabaseKind.Sqlite, BusKind.InProcess)
{
    [Fact]
    public async Task A_message_that_nobody_here_consumes_stays_in_the_outbox()
    {
        var host = await StartAsync(consumes: false);
        await host.PublishAsync(1, 2);
        await EndAsync(host);

        var mended = await StartAsync();

        await mended.Handled.UntilHandledAsync(ProbeQueues.Single, 2);
    }
}

public sealed class InProcessOnMariaDbBusTests(SharedServers servers) : BusSuite(servers, DatabaseKind.MariaDb, BusKind.InProcess);

public sealed class RabbitMqOnSqliteBusTests(SharedServers servers) : BusSuite(servers, DatabaseKind.Sqlite, BusKind.RabbitMq)
{
    [Fact]
    public async Task A_message_published_before_its_consumer_ever_started_waits_for_it()
    {
        var publisher = await StartAsync(consumes: false);
        await publisher.PublishAsync(1, 10);
        await UntilOutboxIsEmptyAsync(publisher);
        await EndAsync(publisher);

        var consumer = await StartAsync(settings: await NewSettingsAsync("consumer"));

        await consumer.Handled.UntilHandledAsync(ProbeQueues.Single, 10);
    }

    /// <summary>
    /// The broker gave the queue away as soon as its consumer was cancelled, and the next process passed the bundles that were still in
    /// hand.
    /// </summary>
    [Fact]
    public async Task A_consumer_that_stops_in_the_middle_hands_its_queue_over_in_order()
    {
        using var release = new ManualResetEventSlim();
        var handled = new HandledLog();
        var publisher = await StartAsync(consumes: false, settings: await NewSettingsAsync("publisher"));
        var first = await StartAsync(handled: handled);
        await publisher.PublishAsync(0, 1);
        await handled.UntilHandledAsync(ProbeQueues.Single, 1);
        await StartAsync(settings: await NewSettingsAsync("next"), handled: handled);
        var stuck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        handled.Before = (_, number) =>
        {
            // The other process gets it later, and goes on.
            if (number == 500 && stuck.TrySetResult()) release.Wait();
        };
        for (var at = 1; at < 1_000; at += 5) await publisher.PublishAsync(at, 5);
        await stuck.Task;

        var ending = Task.Run(() => EndAsync(first));
        await handled.UntilHandledAsync(ProbeQueues.Single, 1_000);
        release.Set();
        await ending;

        handled.NumbersOf(ProbeQueues.Single).Distinct().ShouldBeInOrder();
    }

    [Fact]
    public async Task Every_queue_of_the_topology_is_a_quorum_queue_with_a_delivery_limit_and_a_dead_letter_exchange()
    {
        await StartAsync();
        var broker = await Servers.BrokerAsync();
        var queues = BusTopology.Queues.Values.SelectMany(names => names).ToList();
        string[] lines = [];

        // A host has started before its bus has: it takes webhooks without a broker.
        await Until.TrueAsync(AreDeclaredAsync, Patience.Long, () => $"the broker has only {string.Join(", ", lines)}");

        foreach (var queue in queues)
        {
            var line = LineOf(RabbitMqTopology.NameOf(queue))!;
            line.ShouldContain("quorum");
            line.ShouldContain("\"x-single-active-consumer\",true");
            line.ShouldContain("\"x-delivery-limit\",50");
            line.ShouldContain($"\"x-dead-letter-exchange\",\"{queue}_dead\"");
        }

        LineOf(ProbeQueues.Single + "_dead")!.ShouldContain("quorum");
        lines.ShouldNotContain(line => line.Contains("_error"));

        async Task<bool> AreDeclaredAsync()
        {
            lines = (await broker.ControlAsync(
                "list_queues", "--quiet", "--no-table-headers", "-p", new Uri(Settings.RabbitMq!).AbsolutePath[1..],
                "name", "type", "durable", "arguments"))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return queues.Select(RabbitMqTopology.NameOf).Append(ProbeQueues.Single + "_dead").All(name => LineOf(name) is not null);
        }

        string? LineOf(string name) => lines.SingleOrDefault(line => line.StartsWith(name + "\t", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_waits_in_a_queue_of_an_earlier_version_is_handled_and_the_queue_is_removed()
    {
        var publisher = await StartAsync(consumes: false);
        // Makes the exchange.
        await publisher.PublishAsync(0, 1);
        await UntilOutboxIsEmptyAsync(publisher);
        await using var connection = await new ConnectionFactory { Uri = new Uri(Settings.RabbitMq!) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(
            ProbeQueues.Single,
            durable: true,
            exclusive: false,
            autoDelete: false,
            new Dictionary<string,
            object?> { ["x-queue-type"] = "quorum" });
        await channel.ExchangeDeclareAsync(ProbeQueues.Single, ExchangeType.Fanout, durable: true);
        await channel.QueueBindAsync(ProbeQueues.Single, ProbeQueues.Single, "");
        await channel.ExchangeBindAsync(ProbeQueues.Single, BusTopology.ExchangeOf(typeof(SendReported)), "");
        await publisher.PublishAsync(1, 10);
        await UntilOutboxIsEmptyAsync(publisher);
        await EndAsync(publisher);
        // As if it had been published by the earlier version alone.
        await channel.QueuePurgeAsync(RabbitMqTopology.NameOf(ProbeQueues.Single));

        var consumer = await StartAsync(settings: await NewSettingsAsync("consumer"));
        await consumer.Handled.UntilHandledAsync(ProbeQueues.Single, 10);
        await Until.TrueAsync(IsGoneAsync, TimeSpan.FromSeconds(30), () => "the earlier queue is still there");
        await consumer.PublishAsync(11, 1);

        await consumer.Handled.UntilHandledAsync(ProbeQueues.Single, 11);
        consumer.Handled.NumbersOf(ProbeQueues.Single).ShouldBe(Enumerable.Range(1, 11).Select(number => (long)number));

        async Task<bool> IsGoneAsync()
        {
            await using var asking = await connection.CreateChannelAsync();
            try
            {
                await asking.QueueDeclarePassiveAsync(ProbeQueues.Single);
                return false;
            }
            catch (OperationInterruptedException error) when (error.ShutdownReason?.ReplyCode == Constants.NotFound)
            {
                return true;
            }
        }
    }
}
