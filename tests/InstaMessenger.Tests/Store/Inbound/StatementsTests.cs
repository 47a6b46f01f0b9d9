using System.Diagnostics;
using System.Text.Json.Nodes;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Inbound.Arrivals;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using static InstaMessenger.Tests.Store.Inbound.InboundShop;

namespace InstaMessenger.Tests.Store.Inbound;

/// <summary>What happens to messages costs no more than messages do: as many statements, however many come in one bundle.</summary>
public sealed class StatementsTests : IAsyncLifetime
{
    private const int Many = 60;
    private readonly Statements _statements = new();
    private IDisposable _listening = null!;
    private InboundShop _shop = null!;

    public async ValueTask InitializeAsync()
    {
        // Before the first statement: EF tells nothing for a second when nobody listened.
        _listening = DiagnosticListener.AllListeners.Subscribe(_statements);
        // The store's workers count for nothing, and come when they like.
        _shop = await OpenAsync(services =>
        {
            foreach (var worker in services.Where(service => IsWorkerOfTheStore(service.ImplementationType)).ToList())
                services.Remove(worker).ShouldBeTrue();
        });
    }

    public ValueTask DisposeAsync()
    {
        _listening.Dispose();
        return _shop.DisposeAsync();
    }

    [Theory]
    [InlineData("read")]
    [InlineData("read up to")]
    [InlineData("early read")]
    [InlineData("reaction")]
    [InlineData("edit")]
    [InlineData("unsend")]
    public async Task A_bundle_of_many_needs_no_more_statements_than_one_of_few_nor_than_one_of_messages(string kind)
    {
        await _shop.ReceiveAsync([.. Enumerable.Range(0, 2 * Many).Select(n => Of("message", n))]);
        var messages = await CountAsync([.. Enumerable.Range(2 * Many, Many).Select(n => Of("message", n))]);

        var few = await CountAsync([.. Enumerable.Range(0, 3).Select(n => Of(kind, n))]);
        var many = await CountAsync([.. Enumerable.Range(Many, Many).Select(n => Of(kind, n))]);

        few.ShouldBeGreaterThan(2);
        many.ShouldBe(few);
        // An unsend also finds what showed the message.
        if (kind != "unsend") many.ShouldBeLessThanOrEqualTo(messages + 1);
    }

    /// <summary>Each thread is a range of one index: however long the threads are, no other row is looked at.</summary>
    [Fact]
    public async Task Receipts_walk_along_the_threads_index()
    {
        var threads = Enumerable.Range(0, 3).Select(n => ConversationId.Parse($"conv_{n}")).ToList();
        var (marks, marking) = ReadMarks.ToSql(threads.ConvertAll(thread => new ReadMarks.Mark(thread, At(0), At(1), At(2))));
        var (newest, finding) = NewestReadMessages.ToSql([.. threads.Select(thread => (thread, At(1)))]);
        await using var db = _shop.Store.Read();
        foreach (var (sql, arguments) in new[] { (marks, marking), (newest, finding) })
        {
            var plan = await QueryPlan.OfAsync(db, sql, arguments);
            plan.Count(step => step.StartsWith("SEARCH messages USING", StringComparison.Ordinal)
                && step.Contains("IX_messages_conversation_id_sent_at_sequence", StringComparison.Ordinal)).ShouldBe(3);
            plan.ShouldAllBe(step => !step.StartsWith("SCAN messages", StringComparison.Ordinal) && !step.Contains("TEMP B-TREE"));
        }
    }

    private static bool IsWorkerOfTheStore(Type? type) =>
        type is { IsGenericType: true } && type.GetGenericTypeDefinition() == typeof(WorkerLoop<>)
        && type.GetGenericArguments()[0].Assembly == typeof(StoreDbContext).Assembly;

    /// <summary>Of a customer of its own: an echo, or what happens to it.</summary>
    private static JsonObject Of(string kind, int n)
    {
        var (customer, mid, at) = ($"{50_000 + n}", $"b{n}", At(n));
        return kind switch
        {
            "message" => MetaPayloads.Echo(Id, customer, mid, $"text {n}", at),
            "read" => MetaPayloads.Read(Id, customer, mid, at.AddSeconds(5)),
            "read up to" => MetaPayloads.ReadUpTo(Id, customer, at, at.AddSeconds(5)),
            "early read" => MetaPayloads.Read(Id, customer, "later" + mid, at.AddSeconds(5)),
            "reaction" => MetaPayloads.React(Id, customer, mid, "love", "❤️", at.AddSeconds(5)),
            "edit" => MetaPayloads.Edit(customer, Id, mid, $"edit {n}", 1, at.AddSeconds(5)),
            _ => MetaPayloads.EchoUnsend(Id, customer, mid, at.AddSeconds(5)),
        };
    }

    /// <summary>Counts what EF sends while a bundle is recorded; what is written without it is one prepared statement a table.</summary>
    private async Task<int> CountAsync(JsonObject[] items)
    {
        var before = _statements.Begin(_shop.Store.Services.GetRequiredService<DatabaseFile<StoreDbContext>>().Path!);
        await _shop.ReceiveAsync(items);
        return _statements.Count - before;
    }

    private sealed class Statements : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        private static readonly List<string> Tables = ["messages", "conversations", "early_changes", "account", "events\""];
        private string? _path;
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public int Begin(string path)
        {
            _path = path;
            return Count;
        }

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.EntityFrameworkCore") value.Subscribe(this);
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            // Workers and the relay of the same store read without tracking, and write of these tables nothing.
            if (value.Value is CommandExecutedEventData { Context.ChangeTracker.QueryTrackingBehavior: QueryTrackingBehavior.TrackAll } sent
                && sent.Command.Connection?.DataSource == _path
                && Tables.Exists(table => sent.Command.CommandText.Contains(table, StringComparison.Ordinal)))
                Interlocked.Increment(ref _count);
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
