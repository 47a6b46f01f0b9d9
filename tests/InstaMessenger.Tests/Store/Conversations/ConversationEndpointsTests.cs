using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store.Conversations;

public sealed class ConversationEndpointsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(10);
    private readonly FakeCallers _callers = new();
    private StoreHost _store = null!;
    private Account _shop = null!;
    private Account _cafe = null!;
    private HttpClient _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreHost.StartAsync(services => services.AddSingleton<ICallerSource>(_callers));
        _shop = await _store.LinkAsync("17841400000000000");
        _cafe = await _store.LinkAsync("17841400000000001");
        _callers.Person("agent", _shop.Id);
        _callers.Person("both", _shop.Id, _cafe.Id);
        _callers.Person("nobody");
        _agent = _store.Client("agent");
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData("/ui/conversations")]
    [InlineData("/api/v1/conversations")]
    public async Task The_list_shows_last_message_contact_and_window(string path)
    {
        await ReceiveAsync(_shop, "42", "older", 0);
        await ReceiveAsync(_shop, "42", "newer", 1);
        await ReceiveAsync(_cafe, "43", "theirs", 2);

        var item = (await ListAsync(_agent, path)).ShouldHaveSingleItem();

        item.GetProperty("contact").GetProperty("id").GetString().ShouldBe("42");
        item.GetProperty("last_message").GetProperty("text").GetString().ShouldBe("newer");
        item.GetProperty("last_message").GetProperty("history").GetBoolean().ShouldBeFalse();
        item.GetProperty("unread_count").GetInt32().ShouldBe(2);
        item.GetProperty("window").GetProperty("state").GetString().ShouldBe("open");
        item.GetProperty("window").GetProperty("closes_at").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Theory]
    [InlineData("admin", "abcdef")]
    [InlineData("both", "abcdef")]
    [InlineData("agent", "ace")]
    [InlineData("nobody", "")]
    public async Task Pages_follow_one_another_newest_first_across_accounts_and_equal_times(string credential, string expected)
    {
        for (var i = 0; i < 6; i++) await ReceiveAsync(i % 2 == 0 ? _shop : _cafe, $"{i}", $"{"abcdef"[i]}", -(i / 4));

        var seen = "";
        string? cursor = null;
        do
        {
            var page = await _store.Client(credential)
                .GetFromJsonAsync<JsonElement>($"/ui/conversations?limit=2{(cursor is null ? "" : "&cursor=" + cursor)}");
            seen += string.Concat(
                page.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("last_message").GetProperty("text").GetString()));
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);

        // The first four have one time, so their ids decide.
        string.Concat(seen.Where("abcd".Contains).Order()).ShouldBe(string.Concat(expected.Where("abcd".Contains)));
        seen[..^seen.Count("ef".Contains)].ShouldNotContain('e');
        seen.Order().ShouldBe(expected.Order());
    }

    [Theory]
    [InlineData("?unread=true", "b")]
    [InlineData("?unread=false", "a")]
    [InlineData("?q=42", "a")]
    [InlineData("?q=4", "")]
    [InlineData("?q=ANN", "b")]
    [InlineData("?q=%25", "")]
    [InlineData("?q=n_a", "")]
    public async Task The_list_can_be_narrowed(string query, string expected)
    {
        await ReceiveAsync(_shop, "42", "a", 0);
        await ReceiveAsync(_shop, "43", "b", 1);
        await _store.UnitOfWork.ExecuteAsync(async scope =>
        {
            (await scope.Db.Conversations.SingleAsync(row => row.ContactId == InstagramUserId.Parse("42"))).MarkRead(Start);
            await scope.Db.Conversations.Where(row => row.ContactId == InstagramUserId.Parse("43"))
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.ContactName, "Hannah"));
        });

        var listed = await ListAsync(_agent, "/ui/conversations" + query);
        string.Concat(listed.Select(item => item.GetProperty("last_message").GetProperty("text").GetString())).ShouldBe(expected);
    }

    /// <summary>SQLite's lower case knows ASCII alone, so such a name was found only as it is written.</summary>
    [Theory]
    [InlineData("Анна Петрова", "анна")]
    [InlineData("Ζωή", "ΖΩΉ")]
    [InlineData("Émile", "éMI")]
    public async Task A_name_is_found_in_any_case_of_any_script(string name, string q)
    {
        await ReceiveAsync(_shop, "42", "theirs", 0);
        await ReceiveAsync(_shop, "43", "another's", 1);
        await _store.UnitOfWork.ExecuteAsync(scope => scope.Db.Conversations.Where(row => row.ContactId == InstagramUserId.Parse("42"))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.ContactName, name)));

        var listed = await ListAsync(_agent, "/ui/conversations?q=" + Uri.EscapeDataString(q));

        listed.ShouldHaveSingleItem().GetProperty("last_message").GetProperty("text").GetString().ShouldBe("theirs");
    }

    /// <summary>The ids of all accounts are read for whoever sees all.</summary>
    [Fact]
    public async Task An_account_whose_id_cannot_be_read_keeps_nobody_from_searching()
    {
        await _store.UnitOfWork.ExecuteAsync(
            scope => scope.Db.Database.ExecuteSqlAsync($"UPDATE accounts SET id = 'none' WHERE id = {_cafe.Id.Value}"));

        using var admin = _store.Client("admin");
        (await admin.GetAsync("/ui/search?q=anything")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_thread_is_paged_newest_first_by_Metas_time_and_then_by_arrival()
    {
        var id = await ReceiveAsync(_shop, "42", "b", 1);
        foreach (var (text, at) in ((string, int)[])[("c", 1), ("d", 2), ("a", 0)]) await ReceiveAsync(_shop, "42", text, at);

        var first = await _agent.GetFromJsonAsync<JsonElement>($"/ui/conversations/{id}/messages?limit=2");
        var second = await _agent.GetFromJsonAsync<JsonElement>(
            $"/api/v1/conversations/{id}/messages?limit=2&cursor={first.GetProperty("next_cursor")}");

        Texts(first).ShouldBe("dc");
        Texts(second).ShouldBe("ba");
        second.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Reading_a_thread_is_news_once()
    {
        var id = await ReceiveAsync(_shop, "42", "a", 0);

        (await _agent.PostAsync($"/ui/conversations/{id}/read", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await _agent.PostAsync($"/ui/conversations/{id}/read", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await using var db = _store.Read();
        (await db.Conversations.SingleAsync()).UnreadCount.ShouldBe(0);
        var told = JsonElement.Parse((await db.Events.SingleAsync()).Body);
        told.GetProperty("type").GetString().ShouldBe("conversation.updated");
        told.GetProperty("data").GetProperty("conversation").GetProperty("unread_count").GetInt32().ShouldBe(0);
        told.GetProperty("data").GetProperty("conversation").GetProperty("last_message").GetProperty("text").GetString().ShouldBe("a");
    }

    [Fact]
    public async Task Another_tenants_conversation_is_not_there()
    {
        var id = await ReceiveAsync(_cafe, "43", "theirs", 0);

        (await _agent.GetAsync($"/ui/conversations/{id}/messages")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _agent.PostAsync($"/ui/conversations/{id}/read", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _agent.GetAsync($"/ui/conversations?account_id={_cafe.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _agent.GetAsync("/ui/conversations?account_id=nonsense")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _agent.GetAsync("/ui/conversations/nonsense/messages")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ListAsync(_agent, "/ui/conversations")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("x")]
    [InlineData("!!")]
    [InlineData("MTIz")]
    [InlineData("MTIzLjQ1Ng")]
    [InlineData("OTk5OTk5OTk5OTk5OTk5OTkuY29udl8x")]
    public async Task A_cursor_that_is_none_is_refused(string cursor)
    {
        var response = await _agent.GetAsync($"/ui/conversations?cursor={cursor}");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("bad_cursor");
    }

    /// <summary>A sort or a scan of a whole table is what makes a list slow at a million rows and not at ten.</summary>
    [Fact]
    public async Task Lists_threads_and_feeds_walk_along_their_indexes_however_much_there_is()
    {
        await using var db = _store.Read();
        var after = new TimeIdCursor(Start, "conv_1");
        var mine = AccountReach.Of(_shop.Id);
        var both = AccountReach.Of(_shop.Id, _cafe.Id);
        foreach (var accounts in (AccountReach[])[AccountReach.All, mine, both])
        {
            // One walk for each account, or one for all: a single walk over several accounts would have to sort everything behind the
            // cursor.
            var walks = accounts.IsAll ? 1 : accounts.Listed.Count;
            foreach (var (cursor, unread) in ((TimeIdCursor?, bool?)[])[(null, null), (after, null), (after, true)])
            {
                var place = (accounts.IsAll, cursor) switch
                {
                    (true, null) => "SCAN conversations USING COVERING INDEX IX_conversations_last_message_at_id_account_id_unread_count",
                    (true, _) => "SEARCH conversations USING COVERING INDEX IX_conversations_last_message_at_id_account_id_unread_count "
                        + "(last_message_at<?)",
                    (_, null) => "SEARCH conversations USING COVERING INDEX IX_conversations_account_id_last_message_at_id_unread_count "
                        + "(account_id=?)",
                    _ => "SEARCH conversations USING COVERING INDEX IX_conversations_account_id_last_message_at_id_unread_count "
                        + "(account_id=? AND last_message_at<?)",
                };
                Walks(
                    await QueryPlan.OfAsync(new ConversationQuery(accounts, null, unread, cursor, 51).Keys(db)),
                    "conversations").ShouldBe(Enumerable.Repeat(place, walks));
            }

            // A SCAN here is of the pages that the walks have found; one of the table would be a walk too few.
            var feed = Walks(await QueryPlan.OfAsync(EventPages.Query(db, accounts, 100, 1_000_000, 51)), "e[0-9]*")
                .FindAll(line => line.StartsWith("SEARCH", StringComparison.Ordinal));
            feed.Count.ShouldBe(walks);
            var range = accounts.IsAll ? "PRIMARY KEY (rowid>? AND rowid<?)" : "(account_id=? AND sequence>? AND sequence<?)";
            feed.ShouldAllBe(line => line.EndsWith(range, StringComparison.Ordinal), string.Join('\n', feed));
        }

        Walks(
            await QueryPlan.OfAsync(ConversationThread.Query(db, ConversationId.Parse("conv_1"), new TimeCursor(Start, 7), 51)), "m[0-9]*")
            .Where(line => line.Contains(" INDEX IX_messages_", StringComparison.Ordinal)).ShouldHaveSingleItem()
                .ShouldEndWith("(conversation_id=? AND sent_at<?)");
    }

    /// <summary>How a plan goes through a table, which it names by its alias.</summary>
    private static List<string> Walks(List<string> plan, string alias) =>
        plan.FindAll(line => Regex.IsMatch(line, $"^(SCAN|SEARCH) {alias}( |$)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)));

    private static string Texts(JsonElement page) =>
        string.Concat(page.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("text").GetString()));

    private static async Task<List<JsonElement>> ListAsync(HttpClient client, string path) =>
        [.. (await client.GetFromJsonAsync<JsonElement>(path)).GetProperty("data").EnumerateArray()];

    private Task<ConversationId> ReceiveAsync(Account account, string contact, string text, int minute) =>
        _store.UnitOfWork.ExecuteAsync(async scope =>
    {
        var contactId = InstagramUserId.Parse(contact);
        var conversation = await scope.Db.Conversations.SingleOrDefaultAsync(
            row => row.AccountId == account.Id && row.ContactId == contactId);
        conversation ??= scope.Db.Add(Conversation.Begin(account.Id, contactId, Start, ConversationId.New(TimeProvider.System))).Entity;
        var at = Start + TimeSpan.FromMinutes(minute);
        var message = Message.Receive(
            conversation,
            MessageContent.OfText(text),
            InstagramMessageId.Parse(text + contact),
            at,
            at,
            MessageId.New(TimeProvider.System));
        scope.Db.Add(message);
        conversation.Add(message, at);
        return conversation.Id;
    });
}
