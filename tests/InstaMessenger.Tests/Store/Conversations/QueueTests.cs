using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.Conversations;

/// <summary>
/// The queues of the inbox. The shop's threads are called by how many minutes ago their customers wrote: of a600, b1270, c1390 and d1500
/// nobody has answered, e30 was answered and is read.
/// </summary>
public sealed class QueueTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeCallers _callers = new();
    private StoreHost _store = null!;
    private Account _shop = null!;
    private Account _cafe = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreHost.StartAsync(services =>
        {
            services.AddSingleton<TimeProvider>(_clock);
            services.AddSingleton<ICallerSource>(_callers);
        });
        _shop = await _store.LinkAsync("17841400000000000");
        _cafe = await _store.LinkAsync("17841400000000001");
        _callers.Person("agent", _shop.Id);
        _callers.Person("both", _shop.Id, _cafe.Id);
        _callers.Person("nobody");
        foreach (var (name, minutes) in ((string, int)[])[("a", 600), ("b", 1270), ("c", 1390), ("d", 1500), ("e", 30)])
            await WriteAsync(_shop, name, minutes);
        await WriteAsync(_cafe, "x", 1300);
        await AnswerAsync("e");
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData("agent", "", "eabcd")]
    [InlineData("agent", "?awaiting=reply", "abcd")]
    [InlineData("agent", "?awaiting=reply&window=open", "abc")]
    [InlineData("agent", "?awaiting=reply&window=closing", "bc")]
    [InlineData("agent", "?awaiting=reply&window=open&sort=closes_at", "cba")]
    [InlineData("both", "?awaiting=reply&window=closing&sort=closes_at", "cxb")]
    [InlineData("admin", "?awaiting=reply&window=closing&sort=closes_at", "cxb")]
    [InlineData("admin", "?awaiting=reply", "abxcd")]
    [InlineData("nobody", "?awaiting=reply", "")]
    [InlineData("agent", "?unread=false", "e")]
    [InlineData("agent", "?unread=false&awaiting=reply", "")]
    [InlineData("agent", "?unread=true&awaiting=reply", "abcd")]
    [InlineData("agent", "?awaiting=reply&q=b", "b")]
    public async Task A_queue_lists_what_waits_in_its_order_page_by_page(string credential, string query, string expected)
    {
        (await ListAsync(credential, query)).ShouldBe(expected);
    }

    private async Task<string> ListAsync(string credential, string query)
    {
        using var client = _store.Client(credential);
        var (seen, cursor) = ("", "");
        do
        {
            var page = await client.GetFromJsonAsync<JsonElement>(
                $"/ui/conversations{(query.Length == 0 ? "?" : query + "&")}limit=2{cursor}");
            seen += string.Concat(
                page.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("contact").GetProperty("name").GetString()));
            cursor = page.GetProperty("next_cursor").GetString() is { } next ? "&cursor=" + next : "";
        }
        while (cursor.Length > 0 && seen.Length < 20);

        return seen;
    }

    /// <summary>The answer to b failed just now: b is the newest of the list, and its window closes when it would have.</summary>
    [Theory]
    [InlineData("?awaiting=reply", "bacd")]
    [InlineData("?awaiting=reply&window=open", "bac")]
    [InlineData("?awaiting=reply&window=closing", "bc")]
    [InlineData("?awaiting=reply&window=open&sort=closes_at", "cba")]
    [InlineData("?failed=true", "b")]
    [InlineData("?failed=true&unread=true", "b")]
    [InlineData("?failed=true&awaiting=reply&window=closing&sort=closes_at", "b")]
    [InlineData("?failed=false&awaiting=reply", "acd")]
    [InlineData("?unread=true", "bacd")]
    public async Task Who_waits_for_an_answer_that_failed_stands_in_every_queue(string query, string expected)
    {
        await AnswerAsync("b", failed: true);
        (await ListAsync("agent", query)).ShouldBe(expected);
        (await CountersAsync("agent", "/ui/counters")).ShouldBe([(_shop.Id.Value, 4, 2, 4)]);

        // Who sees so many accounts that the list is not put together account by account.
        for (var n = 0; n < VisibleAccounts.MostMerged; n++) await _store.LinkAsync($"1784140100000{n:0000}");
        (await ListAsync("admin", query)).Replace("x", "").ShouldBe(expected);
    }

    [Theory]
    [InlineData("/ui/conversations?awaiting=payment", "awaiting")]
    [InlineData("/ui/conversations?awaiting=reply&window=shut", "window")]
    [InlineData("/ui/conversations?awaiting=reply&window=open&sort=name", "sort")]
    [InlineData("/ui/conversations?window=open", "window")]
    [InlineData("/ui/conversations?awaiting=reply&sort=closes_at", "sort")]
    public async Task What_is_no_queue_is_refused_by_name(string path, string field)
    {
        using var client = _store.Client("agent");
        var answer = await client.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData("/ui/counters")]
    [InlineData("/api/v1/counters")]
    public async Task The_counters_count_what_the_queues_list(string path)
    {
        (await CountersAsync("agent", path)).ShouldBe([(_shop.Id.Value, 4, 2, 4)]);
        (await CountersAsync("admin", path)).ShouldBe(
            new[] { (_shop.Id.Value, 4, 2, 4), (_cafe.Id.Value, 1, 1, 1) }.OrderBy(row => row.Value, StringComparer.Ordinal));
        (await CountersAsync("nobody", path)).ShouldBeEmpty();

        _clock.Advance(TimeSpan.FromHours(4));

        (await CountersAsync("agent", path)).ShouldBe([(_shop.Id.Value, 4, 0, 4)], "two have closed, and a closes in ten hours");
    }

    [Fact]
    public async Task Counters_come_in_pages_and_end_at_their_limit()
    {
        await _store.UnitOfWork.ExecuteAsync(scope =>
        {
            for (var n = 0; n < QueueCounters.Most; n++) Begin(scope.Db, _shop, $"{1000 + n}", $"{n}", 60);
            return Task.CompletedTask;
        });
        using var admin = _store.Client("admin");

        var first = await admin.GetFromJsonAsync<JsonElement>("/ui/counters?limit=1");
        var second = await admin.GetFromJsonAsync<JsonElement>($"/ui/counters?limit=1&cursor={first.GetProperty("next_cursor")}");

        second.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);
        var shop = ((JsonElement[])[first, second]).Select(page => page.GetProperty("data")[0])
            .Single(row => row.GetProperty("account_id").GetString() == _shop.Id.Value);
        shop.GetProperty("unread").GetInt32().ShouldBe(QueueCounters.Most);
        shop.GetProperty("needs_reply").GetInt32().ShouldBe(QueueCounters.Most);
    }

    private async Task<List<(string Account, int NeedsReply, int Closing, int Unread)>> CountersAsync(string credential, string path)
    {
        using var client = _store.Client(credential);
        return
        [
            .. (await client.GetFromJsonAsync<JsonElement>(path)).GetProperty("data").EnumerateArray().Select(row => (
                row.GetProperty("account_id").GetString()!,
                row.GetProperty("needs_reply").GetInt32(),
                row.GetProperty("closing").GetInt32(),
                row.GetProperty("unread").GetInt32())),
        ];
    }

    private Task WriteAsync(Account account, string name, int minutesAgo) => _store.UnitOfWork.ExecuteAsync(scope =>
    {
        Begin(scope.Db, account, $"{(int)name[0]}", name, minutesAgo);
        return Task.CompletedTask;
    });

    private void Begin(StoreDbContext db, Account account, string contact, string name, int minutesAgo)
    {
        var at = _clock.GetUtcNow() - TimeSpan.FromMinutes(minutesAgo);
        var conversation = db.Add(
            Conversation.Begin(account.Id, InstagramUserId.Parse(contact), at, ConversationId.New(TimeProvider.System))).Entity;
        conversation.Call(null, name);
        var message = Message.Receive(
            conversation,
            MessageContent.OfText(name),
            InstagramMessageId.Parse($"{account.Id}{contact}"),
            at,
            at,
            MessageId.New(TimeProvider.System));
        db.Add(message);
        conversation.Add(message, at);
    }

    private Task AnswerAsync(string name, bool failed = false) => _store.UnitOfWork.ExecuteAsync(async scope =>
    {
        var now = _clock.GetUtcNow();
        var conversation = await scope.Db.Conversations.SingleAsync(row => row.ContactName == name);
        var message = Message.Compose(
            conversation, MessageContent.OfText("answer"), Origin.Ui, now, MessageId.New(TimeProvider.System), author: Author.Human);
        scope.Db.Add(message);
        conversation.Add(message, now);
        if (failed) message.Reject(new SendError("why_not", "Because.", false, null), now);
        if (failed) await NewestMessages.FindAsync(scope.Db, [conversation]);
        else conversation.MarkRead(now);
    });
}
